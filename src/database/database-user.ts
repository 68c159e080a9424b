import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { checkForInstance, describeValue, requireString } from '../cdk/prop-checks';

/**
 * Names that IAM permissions can contain: `*` and `?` are wildcards.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html
 */
const NAME = /^[A-Za-z][\w+.@-]{0,63}$/;

const NAME_RULE = 'use 1 to 64 letters, digits, underscores, plus signs, periods, at signs and hyphens, beginning with a letter';

const SECRET_FIX = 'use new secretsmanager.Secret(), secretsmanager.Secret.fromSecretCompleteArn() or secretsmanager.Secret.fromSecretNameV2()';

const requireSecret = checkForInstance('secretArn', SECRET_FIX);

/**
 * How the functions authenticate to the database. The user needs privileges for the tables that the statements read.
 *
 * @example
 * const databaseUser = DatabaseUser.named('awsuser');
 */
export class DatabaseUser {
  /**
   * A user of a provisioned cluster, with temporary credentials: no password is stored. Its privileges are, for example:
   *
   *     CREATE USER dashboard PASSWORD DISABLE;
   *     GRANT USAGE ON SCHEMA public TO dashboard;
   *     GRANT SELECT ON public.trips TO dashboard;
   *
   * For a Serverless workgroup, use `iam()` or `secret()`. Throws if the name is invalid.
   *
   * @example
   * const databaseUser = DatabaseUser.named('dashboard');
   *
   * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html
   * @param name 1 to 64 letters, digits and `_`, `+`, `.`, `@`, `-`, beginning with a letter
   * @returns the database user
   */
  public static named(name: string): DatabaseUser {
    requireString('name', name);
    if (!Token.isUnresolved(name) && (!NAME.test(name) || name.toLowerCase() === 'public')) {
      throw new Error(`${describeValue(name)} is not a name of a database user: ${NAME_RULE}`);
    }
    return new DatabaseUser(name);
  }

  /**
   * The IAM role of the functions. Its database user is `IAMR:` followed by the name of the role, and needs privileges, for example:
   *
   *     CREATE USER "IAMR:trips-statements" PASSWORD DISABLE;
   *     GRANT USAGE ON SCHEMA public TO "IAMR:trips-statements";
   *     GRANT SELECT ON public.trips TO "IAMR:trips-statements";
   *
   * A replacement of the role loses these privileges, unless the new role has the same name: see `statementRole`.
   *
   * @example
   * declare const statementRole: iam.Role;
   *
   * new RedshiftWebSocketQuery(this, 'Trips', {
   *   cluster: RedshiftCluster.fromClusterIdentifier('analytics'),
   *   databaseName: 'dev',
   *   databaseUser: DatabaseUser.iam(),
   *   statementRole,
   *   sql: SqlTemplate.inline('SELECT COUNT(*) AS trips FROM trips'),
   * });
   *
   * @returns the database user
   */
  public static iam(): DatabaseUser {
    return new DatabaseUser(undefined);
  }

  /**
   * The user and password in a secret of AWS Secrets Manager. Throws if `secret` isn't a secret.
   *
   * @example
   * const secret = secretsmanager.Secret.fromSecretNameV2(this, 'Secret', 'analytics/dashboard');
   * const databaseUser = DatabaseUser.secret(secret);
   *
   * @param secret secret with the fields `username` and `password`
   * @returns the database user
   */
  public static secret(secret: ISecret): DatabaseUser {
    if (typeof secret === 'string') {
      // It can be the password itself, which an error must not contain.
      throw new Error(`secret is a string: ${SECRET_FIX}`);
    }
    requireSecret('secret', secret);
    return new DatabaseUser(undefined, secret);
  }

  private constructor(
    private readonly name: string | undefined,
    /**
     * @internal
     */
    public readonly _secret?: ISecret,
  ) {}

  /**
   * @internal
   */
  public get _name(): string | undefined {
    return this.name;
  }
}

/** Throws if temporary credentials are impossible for the name of a database. A name known only at deployment passes unchecked. */
export function validateDatabaseName(databaseName: string): void {
  if (!Token.isUnresolved(databaseName) && !NAME.test(databaseName)) {
    throw new Error(`databaseName is ${describeValue(databaseName)}: ${NAME_RULE}, or use DatabaseUser.secret(), which allows any name`);
  }
}
