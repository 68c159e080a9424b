import { acceptRequest } from './accept-request';
import { canReadResult } from './claim-parameters';
import type { NewRequest } from './store-request';
import type { ResumeMessage, DeliveryOptions } from '../../protocol/messages';
import type { IdentifiedConnection } from '../model/connection';
import { RejectedRequestError, RESULT_EXPIRED_MESSAGE } from '../model/errors';
import type { QueryRequest } from '../model/query-request';
import { REQUEST_LIFETIME_SECONDS } from '../model/request';
import { isRetained } from '../model/run';
import type { Run } from '../model/run';
import type { QueryServices, MessageServices } from '../model/services';

/** A submitted query with its delivery options. */
export interface Submission extends DeliveryOptions {
  readonly id: string;
  /** When API Gateway received it, in milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly queryRequest: QueryRequest;
  readonly maxAge?: number;
}

/** Submits a query. Throws if it can't be stored, for example a RejectedRequestError. */
export async function submitQuery(
  services: QueryServices, connection: IdentifiedConnection, submission: Submission, deadline: number,
): Promise<void> {
  const { queryRequest, maxAge } = submission;
  await acceptRequest(services, { ...createRequest(services, connection, submission, submission), queryRequest, maxAge }, deadline);
}

/**
 * Resumes a result. Throws if the request can't be stored, for example a RejectedRequestError. A result of a caller with other claims causes the
 * same error as a missing one, so clients can't find out which results exist.
 */
export async function resume(
  services: MessageServices, connection: IdentifiedConnection, message: ResumeMessage & Pick<Submission, 'receivedAt'>, deadline: number,
): Promise<void> {
  const { id, result, after, options = {} } = message;
  const run = await services.store.run(result);
  if (!isRetained(run, services.clock.now()) || !canReadResult(run, services.queries, connection.identity?.claims ?? {})) {
    throw new RejectedRequestError('result_expired', RESULT_EXPIRED_MESSAGE, id);
  }
  if (after >= run.fetched.seq) {
    throw new RejectedRequestError('invalid_message', `The result has no message ${after}${describeExtent(run)}. Set "after" to the seq of the last message that you have.`, id);
  }
  const resumed = createRequest(services, connection, message, options, after + 1);
  await acceptRequest(services, { ...resumed, earlierRun: run, shared: true }, deadline);
}

/** Describes the extent of a result, for an error message. */
function describeExtent({ outcome, fetched: { seq } }: Run): string {
  if (outcome === undefined) {
    return ' yet';
  }
  return seq === 0 ? ', because it has no rows messages' : `, because its last message is ${seq - 1}`;
}

type Received = Pick<Submission, 'id' | 'receivedAt'>;

function createRequest(
  services: QueryServices, connection: IdentifiedConnection, { id, receivedAt }: Received, options: DeliveryOptions, seq = 0,
): NewRequest {
  const submittedAt = services.clock.now();
  const { connectionId, connectedAt, opened, validUntil, identity } = connection;
  const { window, encodings } = options;
  return {
    connectionId,
    connectedAt,
    opened,
    validUntil,
    id,
    request: services.newName(),
    caller: identity?.caller,
    shared: false,
    receivedAt,
    submittedAt,
    acceptedSent: false,
    seq,
    ...(window === undefined ? {} : { windowEnd: seq + window }),
    ...(encodings === undefined ? {} : { encodings }),
    pushingMs: 0,
    expiresAt: Math.ceil(submittedAt / 1000) + REQUEST_LIFETIME_SECONDS,
  };
}
