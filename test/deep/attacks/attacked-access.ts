import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { startAccessApplication, tryToConnect } from '../../support/local/access-application';
import type { AccessApplication, ConnectOptions } from '../../support/local/access-application';
import { emptyDatabase } from '../../support/local/empty-database';
import { TestIssuer } from '../../support/local/test-issuer';

/** The application with all kinds of access, its issuer, and the issuer of an attacker. */
export class AttackedAccess {
  public static async start(): Promise<AttackedAccess> {
    const [issuer, otherIssuer] = await Promise.all([TestIssuer.start(), TestIssuer.start()]);
    const engine = await emptyDatabase();
    return new AttackedAccess(issuer, otherIssuer, engine, await startAccessApplication(issuer, engine));
  }

  /** The tokens and tickets that were sent to the application. */
  public readonly secrets: string[] = [];

  private constructor(
    public readonly issuer: TestIssuer,
    public readonly otherIssuer: TestIssuer,
    private readonly engine: SqlEngine,
    public readonly application: AccessApplication,
  ) {}

  /** Connects to the construct with an id, and returns the HTTP status. */
  public async connect(id: string, options: ConnectOptions, queryString = ''): Promise<number> {
    return tryToConnect(`${this.application.url(id)}${queryString}`, options);
  }

  public async connectWithToken(token: string, id = 'Issuer'): Promise<number> {
    this.secrets.push(token);
    return this.connect(id, { token });
  }

  public async close(): Promise<void> {
    await this.application.close();
    await this.engine.close();
    await Promise.all([this.issuer.close(), this.otherIssuer.close()]);
  }
}

/** Seconds since the epoch. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** A part of a token, encoded. */
export function encoded(part: unknown): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

/** A token from any header, payload and signature. */
export function forged(header: object, payload: object, signature: (input: string) => string): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${signature(input)}`;
}
