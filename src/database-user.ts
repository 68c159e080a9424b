import { Token } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** How the functions sign in to the database. */
export class DatabaseUser {
  /**
   * A user of a provisioned cluster, with temporary credentials: nothing secret is stored.
   *
   * A Serverless workgroup does not take a user name; sign in with `iam()` or `secret()` there.
   *
   * @param name such as `awsuser`
   */
  public static named(name: string): DatabaseUser {
    if (!Token.isUnresolved(name) && (name.trim() !== name || name === '')) {
      throw new Error(`'${name}' is not the name of a database user: give it without spaces around it, such as awsuser`);
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
