import type { ReadError } from './server-message';
import type { ErrorCode } from '../protocol/messages';

/** Every error of this library. */
export abstract class ClientError extends Error {
  /** What happened, in a word that a program can tell apart. */
  public abstract readonly code: string;
  /** Whether the same question again may be answered. */
  public abstract readonly retryable: boolean;
}

/** The service refused the query, or could not answer it; `code` is the code of its `error` message in the protocol. */
export class QueryError extends ClientError {
  public override readonly name = 'QueryError';

  constructor(
    public readonly code: ErrorCode | (string & {}),
    message: string,
    public readonly retryable: boolean,
    /** The number that was exceeded, where there is one. */
    public readonly limit?: number,
  ) {
    super(message);
  }
}

/**
 * - `unreachable`: no connection could be opened, as often as it was tried; `cause` is the last failure where it is known
 * - `address_failed`: the function that computes the address, the token or the subprotocols threw `cause`
 * - `invalid_address`: the address, or a subprotocol, is none that a WebSocket takes; `cause` says why, unless it could repeat a token
 * - `unanswered`: there was a connection, and the service said nothing to the question, several times
 * - `refused`: the service ended the connection, and said that a new one would be refused too
 * - `unsupported`: there is no WebSocket here; pass one as the option `WebSocket`
 * - `closed`: `close()` was called
 */
export type ConnectionErrorCode = 'unreachable' | 'address_failed' | 'invalid_address' | 'unanswered' | 'refused' | 'unsupported' | 'closed';

/** The service could not be talked to. */
export class ConnectionError extends ClientError {
  public override readonly name = 'ConnectionError';

  constructor(public readonly code: ConnectionErrorCode, message: string, public readonly retryable: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** The service said something that the protocol does not allow, so that the rows could not be relied on. */
export class ProtocolError extends ClientError {
  public override readonly name = 'ProtocolError';
  public readonly code = 'invalid_answer';
  public readonly retryable = true;
}

/** The error of a query that the service has ended, after so many rows were handed out. */
export function queryErrorOf({ code, message, retryable, limit }: ReadError, handedOut: number): QueryError {
  return code === 'result_expired' && handedOut > 0
    ? new QueryError(code, `The result is not stored any more, and ${handedOut} of its rows have been handed out already. Submit the query again.`, true)
    : new QueryError(code, message, retryable, limit);
}
