import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import type { OutgoingMessage } from '../connection/connection';
import { QueryError } from '../errors';

/** A query with its parameters, as the caller submits it. */
export interface QueryRequest {
  readonly query?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly maxAge?: number;
}

/** Where the delivery of a result begins, and its options. */
export interface DeliveryRequest {
  readonly id: string;
  /** The result to resume; undefined to submit the query. */
  readonly result?: string;
  /** The `seq` of the next message. */
  readonly nextSeq: number;
  readonly window?: number;
  readonly acceptsCompression: boolean;
}

/** A `query` or `resume` message. */
export type RequestMessage = OutgoingMessage & { readonly id: string };

/** Creates the message that submits a query or resumes its result. */
export function createRequestMessage({ query, parameters, maxAge }: QueryRequest, delivery: DeliveryRequest): RequestMessage {
  const { id, result, nextSeq, window, acceptsCompression } = delivery;
  const options = {
    ...(window === undefined ? {} : { window }),
    ...(acceptsCompression ? { encodings: ['gzip'] } : {}),
  };
  return result === undefined
    ? { type: 'query', id, query, parameters, options: { ...options, maxAge } }
    : { type: 'resume', id, result, after: nextSeq - 1, options };
}

/** Returns an error if a message exceeds the limit above which API Gateway closes the connection. */
export function sizeError(message: RequestMessage): QueryError | undefined {
  const { length } = new TextEncoder().encode(JSON.stringify(message));
  return length > MAX_MESSAGE_BYTES
    ? new QueryError('message_too_large', `The query exceeds ${MAX_MESSAGE_BYTES} bytes as JSON. Use shorter parameter values.`, false, MAX_MESSAGE_BYTES)
    : undefined;
}
