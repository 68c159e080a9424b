import { isDeepStrictEqual } from 'util';
import { validationError } from './service-error';
import { ExecuteStatementInput, Statement } from './statement';

interface Remembered {
  readonly input: ExecuteStatementInput;
  readonly statement: Statement;
  readonly until: number;
}

/** Makes a repeated ExecuteStatement with the same token one statement. */
export class ClientTokens {
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly milliseconds: number, private readonly now: () => number) {}

  /** The statement that an earlier request with this token has started. */
  public find(input: ExecuteStatementInput, role: string): Statement | undefined {
    this.forgetExpired();
    const known = this.remembered.get(keyOf(input, role));
    if (input.ClientToken === undefined || known === undefined) return undefined;
    const waitAside = { WaitTimeSeconds: undefined };
    if (!isDeepStrictEqual({ ...known.input, ...waitAside }, { ...input, ...waitAside })) {
      throw validationError('ClientToken was used before with other parameters');
    }
    return known.statement;
  }

  /** Keeps what a request has started. */
  public remember(input: ExecuteStatementInput, role: string, statement: Statement): void {
    if (input.ClientToken === undefined) return;
    this.remembered.set(keyOf(input, role), { input, statement, until: this.now() + this.milliseconds });
  }

  private forgetExpired(): void {
    for (const [key, { until }] of this.remembered) {
      if (until > this.now()) return;
      this.remembered.delete(key);
    }
  }
}

function keyOf(input: ExecuteStatementInput, role: string): string {
  return `${role}/${input.ClientToken}`;
}
