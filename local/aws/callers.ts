import { createHash } from 'node:crypto';
import { AwsError } from './http';

/** What a request is signed with; a user has no session. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Credentials as a function's environment carries them. */
export interface Credentials extends SigningCredentials {
  readonly sessionToken: string;
}

/** Who uses credentials: an assumed role or a user. */
export interface Caller {
  readonly arn: string;
  /** What `aws:userid` says. */
  readonly userId: string;
}

/** Gives credentials to the functions and to principals of the template, and tells who uses them. */
export class Callers {
  private readonly known = new Map<string, { readonly caller: Caller; readonly credentials: SigningCredentials }>();

  /**
   * @param roleIds the ids of roles, by their names
   */
  constructor(private readonly partition: string, private readonly accountId: string, private readonly roleIds: ReadonlyMap<string, string>) {}

  /** Credentials of a role, in a session of its own. */
  public credentials(roleName: string, sessionName: string): Credentials {
    const id = this.digest(`${roleName}/${sessionName}`);
    const credentials = { accessKeyId: `ASIA${id.slice(0, 16).toUpperCase()}`, secretAccessKey: id.slice(16, 56), sessionToken: id };
    this.remember(credentials, {
      arn: `arn:${this.partition}:sts::${this.accountId}:assumed-role/${roleName}/${sessionName}`,
      userId: `${this.roleIds.get(roleName) ?? `AROA${roleName.toUpperCase()}`}:${sessionName}`,
    });
    return credentials;
  }

  /** The access key of a user. */
  public userCredentials({ arn, userId }: Caller): SigningCredentials {
    const id = this.digest(arn);
    const credentials = { accessKeyId: `AKIA${id.slice(0, 16).toUpperCase()}`, secretAccessKey: id.slice(16, 56) };
    this.remember(credentials, { arn, userId });
    return credentials;
  }

  /** The credentials of an access key; undefined for an unknown one. */
  public secretOf(accessKeyId: string): SigningCredentials | undefined {
    return this.known.get(accessKeyId)?.credentials;
  }

  /** Who has an access key. */
  public callerOf(accessKeyId: string): Caller {
    const known = this.known.get(accessKeyId);
    if (known === undefined) {
      throw new AwsError('UnrecognizedClientException', `the access key ${accessKeyId} belongs to no function of the stack`, 403);
    }
    return known.caller;
  }

  /** The assumed role behind an access key. */
  public roleOf(accessKeyId: string): string {
    return this.callerOf(accessKeyId).arn;
  }

  /** The assumed role that signed a request. */
  public roleOfRequest(authorization: string | undefined): string {
    const accessKeyId = /Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
    if (accessKeyId === undefined) {
      throw new AwsError('MissingAuthenticationTokenException', 'the request is not signed', 403);
    }
    return this.roleOf(accessKeyId);
  }

  private remember(credentials: SigningCredentials, caller: Caller): void {
    this.known.set(credentials.accessKeyId, { caller, credentials });
  }

  private digest(name: string): string {
    return createHash('sha256').update(`${this.accountId}/${name}`).digest('hex');
  }
}
