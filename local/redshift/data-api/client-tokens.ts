import { isDeepStrictEqual } from 'util';
import { validationError } from './service-error';
import { ExecuteStatementInput, Statement } from './statement';

interface StoredRequest {
  readonly input: ExecuteStatementInput;
  readonly statement: Statement;
  readonly until: number;
}

/** Makes ExecuteStatement idempotent by client token. */
export class ClientTokens {
  private readonly requests = new Map<string, StoredRequest>();

  constructor(private readonly milliseconds: number, private readonly now: () => number) {}

  /** Finds the statement of an earlier request with the same token. Throws if the input differs. */
  public find(input: ExecuteStatementInput, role: string): Statement | undefined {
    this.removeExpired();
    const known = this.requests.get(keyOf(input, role));
    if (input.ClientToken === undefined || known === undefined) return undefined;
    const waitAside = { WaitTimeSeconds: undefined };
    if (!isDeepStrictEqual({ ...known.input, ...waitAside }, { ...input, ...waitAside })) {
      throw validationError('ClientToken was already used with a different input.');
    }
    return known.statement;
  }

  /** Stores the statement of a request. */
  public store(input: ExecuteStatementInput, role: string, statement: Statement): void {
    if (input.ClientToken === undefined) return;
    this.requests.set(keyOf(input, role), { input, statement, until: this.now() + this.milliseconds });
  }

  private removeExpired(): void {
    for (const [key, { until }] of this.requests) {
      if (until > this.now()) return;
      this.requests.delete(key);
    }
  }
}

function keyOf(input: ExecuteStatementInput, role: string): string {
  return `${role}/${input.ClientToken}`;
}
