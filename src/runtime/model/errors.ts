import type { ErrorCode, ErrorMessage } from '../../protocol/messages';

/** What a client sent cannot be done; becomes an `error` message. */
export class RejectedRequestError extends Error {
  public readonly name = 'RejectedRequestError';

  constructor(
    public readonly code: ErrorCode,
    message: string,
    public readonly id?: string,
    private readonly more: { readonly retryable?: boolean; readonly limit?: number } = {},
  ) {
    super(message);
  }

  public toMessage(id = this.id): ErrorMessage {
    return { type: 'error', ...(id === undefined ? {} : { id }), code: this.code, message: this.message, retryable: false, ...this.more };
  }
}

const SHOWN_CHARACTERS = 64;

/** A name that a client sent, short and quoted, for the sentence of an error. */
export function shown(name: string): string {
  return JSON.stringify(name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name);
}

/** Names for a sentence: `"a", "b"`, or `none`. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map(shown).join(', ');
}
