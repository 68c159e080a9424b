import * as fs from 'fs';
import * as path from 'path';
import { Token } from 'aws-cdk-lib';
import { decodeUtf8 } from './utf8-file';
import { requireString } from '../cdk/prop-checks';

/** One SQL statement with a placeholder such as `:trip_month` for each parameter. */
export class SqlTemplate {
  /**
   * A statement written in the app.
   *
   * @param sql one statement; a final semicolon is allowed
   */
  public static inline(sql: string): SqlTemplate {
    requireString('sql', sql);
    return new SqlTemplate(sql.replace(/^\ufeff/, ''), 'the inline SQL template');
  }

  /**
   * A statement in a file, encoded as UTF-8, with or without a byte order mark. Throws if the file is missing or has another encoding.
   *
   * @param file its path, absolute or relative to the directory where the CDK app runs
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
    /** The text of the statement. */
    public readonly sql: string,
    /**
     * What errors call it.
     * @internal
     */
    public readonly _source: string,
  ) {}
}
