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

/** The connection is not there: closed, or not open yet. */
export class ConnectionGoneError extends Error {
  public readonly name = 'ConnectionGoneError';
}

/** A service asks to wait: throttled, over a limit that passes, or failing for the moment. */
export class ServiceBusyError extends Error {
  public readonly name: string = 'ServiceBusyError';
}

/** A ServiceBusyError that says for certain that the call had no effect. */
export class ThrottledError extends ServiceBusyError {
  public readonly name = 'ThrottledError';
}

/** The warehouse refused for good: no permission, no such cluster, no such statement, invalid input. */
export class StatementRejectedError extends Error {
  public readonly name = 'StatementRejectedError';
}

/** Another worker has taken over, or the record was removed. */
export class LeaseLostError extends Error {
  public readonly name = 'LeaseLostError';
}
