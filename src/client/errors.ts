import type { ReceivedError } from './messages/server-message';
import type { ErrorCode } from '../protocol/messages';

/**
 * The base class of the errors of this library.
 *
 * @example
 * client.query({ day: '2015-01-02' }).catch((error) => console.log(error instanceof ClientError && error.retryable ? 'Try again.' : error));
 */
export abstract class ClientError extends Error {
  /** Identifies the kind of error. */
  public abstract readonly code: string;
  /** Whether the same query can succeed if it is submitted again. */
  public abstract readonly retryable: boolean;
}

/**
 * The service rejected the query or failed to run it. `code` is the code of the `error` message in the protocol.
 *
 * @example
 * client.query({ day: '2015-01-02' }).catch((error) => {
 *   console.log(error instanceof QueryError && error.code === 'time_limit' ? `The query exceeded ${error.limit} seconds.` : error);
 * });
 */
export class QueryError extends ClientError {
  public override readonly name = 'QueryError';

  constructor(
    public readonly code: ErrorCode | (string & {}),
    message: string,
    public readonly retryable: boolean,
    /** The limit that was exceeded, if any. */
    public readonly limit?: number,
  ) {
    super(message);
  }
}

/**
 * The kinds of connection errors.
 * - `unreachable`: all attempts to connect failed
 * - `connect_options_failed`: the function for the URL, the token or the subprotocols failed; `cause` is its error
 * - `invalid_url`: the WebSocket class rejects the URL or a subprotocol; `cause` is its error, unless it can contain a token
 * - `no_response`: the service did not respond to the query on an open connection
 * - `rejected`: the service closed the connection, and rejects new ones
 * - `unsupported`: there is no global WebSocket; pass the option `WebSocket`
 * - `closed`: the application closed the client
 */
export type ConnectionErrorCode = 'unreachable' | 'connect_options_failed' | 'invalid_url' | 'no_response' | 'rejected' | 'unsupported' | 'closed';

/**
 * The client could not connect to the service, or received no response.
 *
 * @example
 * client.query({ day: '2015-01-02' }).catch((error) => console.log(error instanceof ConnectionError ? 'Check your network.' : error));
 */
export class ConnectionError extends ClientError {
  public override readonly name = 'ConnectionError';

  constructor(public readonly code: ConnectionErrorCode, message: string, public readonly retryable: boolean, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/**
 * The service sent a message that violates the protocol, so the client can't guarantee that the rows are complete and correct.
 *
 * @example
 * client.query({ day: '2015-01-02' }).catch((error) => console.log(error instanceof ProtocolError ? 'Update the client.' : error));
 */
export class ProtocolError extends ClientError {
  public override readonly name = 'ProtocolError';
  public readonly code = 'invalid_response';
  public readonly retryable = true;
}

/** Converts an `error` message to an error of the library. */
export function toQueryError({ code, message, retryable, limit }: ReceivedError, deliveredRows: number): QueryError {
  return code === 'result_expired' && deliveredRows > 0
    ? new QueryError(code, `The service no longer stores the result, and the caller has read ${deliveredRows} rows. Submit the query again.`, true)
    : new QueryError(code, message, retryable, limit);
}
