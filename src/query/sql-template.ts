import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import { decodeUtf8 } from './utf8-file';
import { requireString } from '../cdk/prop-checks';

/**
 * One SQL statement of at most 100 KB, with a placeholder such as `:trip_month` for each parameter.
 *
 * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
 *
 * @example
 * const sql = SqlTemplate.inline('SELECT trip_day, trips FROM trips_by_day WHERE trip_month = :trip_month');
 */
export class SqlTemplate {
  /**
   * A statement in the source of the app. A statement with tokens becomes an environment variable, which limits its length to less than 4 KB.
   *
   * @example
   * const sql = SqlTemplate.inline('SELECT COUNT(*) AS trips FROM trips WHERE pickup_date = CAST(:day AS DATE)');
   *
   * @param sql one statement of at most 100 KB (102,400 bytes in UTF-8); a final semicolon is allowed
   * @returns the template
   */
  public static inline(sql: string): SqlTemplate {
    requireString('sql', sql);
    return new SqlTemplate(sql.replace(/^\ufeff/, ''), 'the inline SQL template');
  }

  /**
   * A statement in a file, encoded as UTF-8, with or without a byte order mark. Throws if the file doesn't exist or has another encoding.
   *
   * @example
   * const sql = SqlTemplate.fromFile('sql/trips-by-month.sql');
   *
   * @param file path of a file with one statement of at most 100 KB (102,400 bytes), absolute or relative to the directory where the CDK app runs
   * @returns the template
   */
  public static fromFile(file: string): SqlTemplate {
    requireString('file', file);
    if (Token.isUnresolved(file)) {
      throw new Error('the path of an SQL template must be known at synthesis, but is a token: write it out');
    }
    const absolute = path.resolve(file);
    if (!fs.existsSync(absolute)) {
      throw new Error(`the SQL template '${file}' does not exist: looked for ${absolute}; build the path from __dirname if the app runs elsewhere`);
    }
    if (!fs.statSync(absolute).isFile()) {
      throw new Error(`the SQL template '${file}' is not a file: give the path of a file with one SQL statement`);
    }
    return new SqlTemplate(decodeUtf8(fs.readFileSync(absolute), file), file);
  }

  private constructor(
    /** The statement. */
    public readonly sql: string,
    private readonly source: string,
  ) {}

  /**
   * Name of the template in error messages.
   * @internal
   */
  public get _source(): string {
    return this.source;
  }
}
