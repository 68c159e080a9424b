import { createHash } from 'node:crypto';
import { AwsError } from './http';

/** Credentials of a user, or of a role with a session token. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Credentials of a role. */
export interface Credentials extends SigningCredentials {
  readonly sessionToken: string;
}

/** An assumed role or a user. */
export interface Caller {
  readonly arn: string;
  /** Value of the condition key `aws:userid`. */
  readonly userId: string;
}

/** Issues credentials, and finds the caller by access key. */
export class Callers {
  private readonly byAccessKey = new Map<string, { readonly caller: Caller; readonly credentials: SigningCredentials }>();

  /**
   * @param roleIds IDs of the roles, by name
   */
  constructor(private readonly partition: string, private readonly accountId: string, private readonly roleIds: ReadonlyMap<string, string>) {}

  /** Returns credentials of a role session. */
  public credentials(roleName: string, sessionName: string): Credentials {
    const id = this.digest(`${roleName}/${sessionName}`);
    const credentials = { accessKeyId: `ASIA${id.slice(0, 16).toUpperCase()}`, secretAccessKey: id.slice(16, 56), sessionToken: id };
    this.store(credentials, {
      arn: `arn:${this.partition}:sts::${this.accountId}:assumed-role/${roleName}/${sessionName}`,
      userId: `${this.roleIds.get(roleName) ?? `AROA${roleName.toUpperCase()}`}:${sessionName}`,
    });
    return credentials;
  }

  /** Returns the access key of a user. */
  public userCredentials({ arn, userId }: Caller): SigningCredentials {
    const id = this.digest(arn);
    const credentials = { accessKeyId: `AKIA${id.slice(0, 16).toUpperCase()}`, secretAccessKey: id.slice(16, 56) };
    this.store(credentials, { arn, userId });
    return credentials;
  }

  /** Finds credentials by access key ID. */
  public credentialsOf(accessKeyId: string): SigningCredentials | undefined {
    return this.byAccessKey.get(accessKeyId)?.credentials;
  }

  /** Finds a caller by access key ID. Throws if the key is unknown. */
  public callerOf(accessKeyId: string): Caller {
    const known = this.byAccessKey.get(accessKeyId);
    if (known === undefined) {
      throw new AwsError('UnrecognizedClientException', `The access key ${accessKeyId} doesn't exist.`, 403);
    }
    return known.caller;
  }

  /** Finds the ARN of a caller by access key ID. Throws if the key is unknown. */
  public roleOf(accessKeyId: string): string {
    return this.callerOf(accessKeyId).arn;
  }

  /** Finds the ARN of the caller that signed a request. Throws if the request isn't signed. */
  public roleOfRequest(authorization: string | undefined): string {
    const accessKeyId = /Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
    if (accessKeyId === undefined) {
      throw new AwsError('MissingAuthenticationTokenException', 'The request isn\'t signed.', 403);
    }
    return this.roleOf(accessKeyId);
  }

  private store(credentials: SigningCredentials, caller: Caller): void {
    this.byAccessKey.set(credentials.accessKeyId, { caller, credentials });
  }

  private digest(name: string): string {
    return createHash('sha256').update(`${this.accountId}/${name}`).digest('hex');
  }
}
