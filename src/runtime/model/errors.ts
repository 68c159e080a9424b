import type { ErrorCode, ErrorMessage } from '../../protocol/messages';

/** The message of the error `result_expired`. */
export const RESULT_EXPIRED_MESSAGE = 'The result has expired. Submit the query again.';

/** A message or request of a client is invalid. Converted to an `error` message. */
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

/** The connection is closed, or isn't open yet. */
export class ConnectionGoneError extends Error {
  public readonly name = 'ConnectionGoneError';
}

/** A service is throttled, at a temporary limit, or unavailable. A retry can succeed. */
export class ServiceBusyError extends Error {
  public readonly name: string = 'ServiceBusyError';
}

/** A ServiceBusyError of a call that had no effect. */
export class ThrottledError extends ServiceBusyError {
  public readonly name = 'ThrottledError';
}

/** Redshift rejected a call, for example because of missing permissions. A retry can't succeed. */
export class StatementRejectedError extends Error {
  public readonly name = 'StatementRejectedError';
}

/** Another worker acquired the lease, or the record was removed. */
export class LeaseLostError extends Error {
  public readonly name = 'LeaseLostError';
}
