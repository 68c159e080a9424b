import { acceptRequest } from './accept-request';
import { mayHear } from './claim-parameters';
import type { ResumeMessage, DeliveryOptions } from '../../protocol/messages';
import type { IdentifiedConnection } from '../access/identity';
import { Refusal } from '../model/errors';
import type { Question } from '../model/query-request';
import { REQUEST_LIFETIME_SECONDS } from '../model/request';
import type { Request } from '../model/request';
import { isKept } from '../model/run';
import type { Run } from '../model/run';
import type { AskingServices, MessageServices } from '../model/services';

/** What a client asked, and how it wants the answer. */
export interface Wish extends DeliveryOptions {
  readonly id: string;
  /** When API Gateway received it, in milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly question: Question;
  readonly maxAge?: number;
}

/** Asks a question for a client. Throws when it could not be stored, a Refusal for instance. */
export async function ask(services: AskingServices, connection: IdentifiedConnection, wish: Wish, deadline: number): Promise<void> {
  const { question, maxAge } = wish;
  await acceptRequest(services, { ...newRequest(services, connection, wish, wish), question, maxAge }, deadline);
}

/**
 * Goes on with a result that the client has a part of. Throws when that could not be stored, a Refusal for instance: the same one for the result of
 * somebody whose claims differ as for none, so that nobody learns by it which results there are.
 */
export async function resume(
  services: MessageServices, connection: IdentifiedConnection, message: ResumeMessage & Pick<Wish, 'receivedAt'>, deadline: number,
): Promise<void> {
  const { id, result, after, options = {} } = message;
  const run = await services.store.run(result);
  if (!isKept(run, services.clock.now()) || !mayHear(run, services.queries, connection.identity?.claims ?? {})) {
    throw new Refusal('result_expired', 'The result is not kept any more; please ask again.', id);
  }
  if (after >= run.fetched.seq) {
    throw new Refusal('invalid_message', `The result has no message ${after}${extentOf(run)}. Set "after" to the seq of the last message that you have.`, id);
  }
  const resumed = newRequest(services, connection, message, options, after + 1);
  await acceptRequest(services, { ...resumed, run: result, shared: true, cached: run.state === 'ended' }, deadline);
}

/** The rest of a sentence about a message that a result does not have. */
function extentOf({ ending, fetched: { seq } }: Run): string {
  if (ending === undefined) {
    return ' yet';
  }
  return seq === 0 ? ', because it has no rows messages' : `, because its last message is ${seq - 1}`;
}

type Received = Pick<Wish, 'id' | 'receivedAt'>;

function newRequest(
  services: AskingServices, connection: IdentifiedConnection, { id, receivedAt }: Received, options: DeliveryOptions, seq = 0,
): Request {
  const askedAt = services.clock.now();
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
    cached: false,
    receivedAt,
    askedAt,
    announced: false,
    seq,
    ...(window === undefined ? {} : { allowed: seq + window }),
    ...(encodings === undefined ? {} : { encodings }),
    pushingMs: 0,
    expiresAt: Math.ceil(askedAt / 1000) + REQUEST_LIFETIME_SECONDS,
  };
}
