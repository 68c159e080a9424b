import { createHash } from 'node:crypto';
import { AwsError } from './http';

/** Credentials as a function's environment carries them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Gives credentials to the functions, and tells who uses them. */
export class Callers {
  private readonly rolesByKey = new Map<string, string>();

  constructor(private readonly partition: string, private readonly accountId: string) {}

  /** Credentials of a role, in a session of its own. */
  public credentials(roleName: string, sessionName: string): Credentials {
    const id = createHash('sha256').update(`${this.accountId}/${roleName}/${sessionName}`).digest('hex');
    const accessKeyId = `ASIA${id.slice(0, 16).toUpperCase()}`;
    this.rolesByKey.set(accessKeyId, `arn:${this.partition}:sts::${this.accountId}:assumed-role/${roleName}/${sessionName}`);
    return { accessKeyId, secretAccessKey: id.slice(16, 56), sessionToken: id };
  }

  /** The assumed role behind an access key. */
  public roleOf(accessKeyId: string): string {
    const role = this.rolesByKey.get(accessKeyId);
    if (role === undefined) {
      throw new AwsError('UnrecognizedClientException', `the access key ${accessKeyId} belongs to no function of the stack`, 403);
    }
    return role;
  }

  /** The assumed role that signed a request. */
  public roleOfRequest(authorization: string | undefined): string {
    const accessKeyId = /Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1];
    if (accessKeyId === undefined) {
      throw new AwsError('MissingAuthenticationTokenException', 'the request is not signed', 403);
    }
    return this.roleOf(accessKeyId);
  }
}
