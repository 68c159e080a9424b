import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { checkForInstance, describeValue, requireString } from '../cdk/prop-checks';

/**
 * What a permission to sign in can name: `*` and `?` would stand for other users and databases as well.
 * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_GetClusterCredentials.html
 */
const NAME = /^[A-Za-z][\w+.@-]{0,63}$/;

const NAME_RULE = 'use 1 to 64 letters, digits, underscores, plus signs, full stops, at signs and hyphens, beginning with a letter';

const SECRET_FIX = 'use new secretsmanager.Secret(), secretsmanager.Secret.fromSecretCompleteArn() or secretsmanager.Secret.fromSecretNameV2()';

const requireSecret = checkForInstance('secretArn', SECRET_FIX);

/** How the functions sign in to the database. */
export class DatabaseUser {
  /**
   * A user of a provisioned cluster, with temporary credentials: nothing secret is stored.
   *
   * A Serverless workgroup does not take a user name; sign in with `iam()` or `secret()` there.
   *
   * @param name such as `awsuser`: 1 to 64 letters, digits, and `_`, `+`, `.`, `@`, `-`, beginning with a letter
   */
  public static named(name: string): DatabaseUser {
    requireString('name', name);
    if (!Token.isUnresolved(name) && (!NAME.test(name) || name.toLowerCase() === 'public')) {
      throw new Error(`${describeValue(name)} is not the name of a database user: ${NAME_RULE}`);
    }
    return new DatabaseUser(name);
  }

  /**
   * The IAM role of the functions: the database sees the user `IAMR:<role name>`, to which its administrator grants what the query reads.
   *
   * The role's name is what the database knows: replacing the role loses the grants.
   */
  public static iam(): DatabaseUser {
    return new DatabaseUser();
  }

  /**
   * The user and password in a secret of AWS Secrets Manager.
   *
   * @param secret a secret with the fields `username` and `password`
   */
  public static secret(secret: ISecret): DatabaseUser {
    if (typeof secret === 'string') {
      // It may be the password itself, which an error must not repeat.
      throw new Error(`secret is a string: ${SECRET_FIX}`);
    }
    requireSecret('secret', secret);
    return new DatabaseUser(undefined, secret);
  }

  private constructor(
    /**
     * @internal
     */
    public readonly _name?: string,
    /**
     * @internal
     */
    public readonly _secret?: ISecret,
  ) {}
}

/** Throws if a database has a name for which temporary credentials cannot be had. A name known only at deployment passes. */
export function validateDatabaseName(databaseName: string): void {
  if (!Token.isUnresolved(databaseName) && !NAME.test(databaseName)) {
    throw new Error(`databaseName ${describeValue(databaseName)} is not the name of a database: ${NAME_RULE}; with DatabaseUser.secret(), any name can be used`);
  }
}
