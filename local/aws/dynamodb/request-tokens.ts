import { createHash } from 'node:crypto';
import { DynamoDbError } from './dynamodb-error';

/** DynamoDB recognizes a token for 10 minutes after the transaction. */
const VALIDITY_MS = 10 * 60_000;

/** The client request tokens of the transactions that succeeded. */
export class RequestTokens {
  private readonly transactions = new Map<string, { readonly digest: string; readonly expiresAt: number }>();

  constructor(private readonly now: () => number) {}

  /** Whether the transaction succeeded before. Throws if the token belongs to a transaction with other actions. */
  public isRepeated(token: string, actions: unknown): boolean {
    const transaction = this.transactions.get(token);
    if (transaction === undefined || transaction.expiresAt <= this.now()) {
      return false;
    }
    if (transaction.digest !== digestOf(actions)) {
      throw new DynamoDbError('IdempotentParameterMismatchException', 'The transaction has the token of another transaction');
    }
    return true;
  }

  public add(token: string, actions: unknown): void {
    for (const [other, { expiresAt }] of this.transactions) {
      if (expiresAt <= this.now()) {
        this.transactions.delete(other);
      }
    }
    this.transactions.set(token, { digest: digestOf(actions), expiresAt: this.now() + VALIDITY_MS });
  }
}

/** Returns the same string for equal values. The order of members has no effect. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) => isObject(inner) ? sorted(inner) : inner);
}

function digestOf(actions: unknown): string {
  return createHash('sha256').update(canonicalJson(actions)).digest('base64');
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
