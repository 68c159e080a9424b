import type { SubmittedDefinition } from './question';
import { Refusal } from './refusal';
import type { Request } from './request';
import type { Run } from './run';
import type { AskingServices, MessageServices } from './services';
import { forEachAtOnce } from './subscribers';
import { MAXIMUM_MESSAGE_BYTES } from '../protocol/messages';
import type { ConnectionBounds, QueryBounds } from '../protocol/messages';

/** More connections of one caller are not counted one by one for each of its queries. */
const MAXIMUM_CONNECTIONS = 100;

const READS_AT_ONCE = 25;

/** What bounds a connection. */
export function connectionBounds({ maximumQueriesPerConnection, maximumQueriesPerCaller, throttle }: MessageServices): ConnectionBounds {
  return {
    messageBytes: MAXIMUM_MESSAGE_BYTES,
    queriesPerConnection: maximumQueriesPerConnection,
    ...(maximumQueriesPerCaller === undefined ? {} : { queriesPerCaller: maximumQueriesPerCaller }),
    ...throttle,
  };
}

/** What bounds the answer of a run. */
export function queryBounds({ definition, askedAt, timeLimitAt }: Run): QueryBounds {
  const { maximumRows: rows, maximumBytes: bytes }: Partial<SubmittedDefinition> = definition ?? {};
  return { timeLimitMs: timeLimitAt - askedAt, ...(rows === undefined ? {} : { rows }), ...(bytes === undefined ? {} : { bytes }) };
}

/** Throws a Refusal where too much is in flight. The request is stored first and counted then: of several that come at once, the last one counts all. */
export async function refuseTooMany(services: AskingServices, { connectionId, caller, id }: Request): Promise<void> {
  const { maximumQueriesPerConnection: limit } = services;
  const inFlight = await inFlightOn(services, connectionId);
  if (inFlight > limit) {
    throw tooMany(id, `At most ${limit} queries are answered on one connection at a time; wait for one to end, or cancel one.`, limit);
  }
  if (caller !== undefined && services.maximumQueriesPerCaller !== undefined) {
    await refuseTooManyOfCaller(services, { connectionId, caller, id }, inFlight);
  }
}

type CallersRequest = Required<Pick<Request, 'connectionId' | 'caller' | 'id'>>;

async function refuseTooManyOfCaller(services: AskingServices, { connectionId, caller, id }: CallersRequest, inFlight: number): Promise<void> {
  const limit = services.maximumQueriesPerCaller!;
  const connections = await services.store.connectionsOf(caller);
  if (connections.length > MAXIMUM_CONNECTIONS) {
    throw tooMany(id, `At most ${MAXIMUM_CONNECTIONS} connections of one caller ask queries; close some, and ask again.`, MAXIMUM_CONNECTIONS);
  }
  let sum = inFlight;
  await forEachAtOnce(connections.filter((other) => other !== connectionId), READS_AT_ONCE, async (other) => {
    const inFlightThere = await inFlightOn(services, other);
    sum += inFlightThere;
  });
  if (sum > limit) {
    throw tooMany(id, `At most ${limit} queries of one caller are answered at a time, on all its connections; wait for one to end, or cancel one.`, limit);
  }
}

async function inFlightOn({ store }: AskingServices, connectionId: string): Promise<number> {
  return (await store.requests(connectionId)).filter(({ ending }) => ending === undefined).length;
}

function tooMany(id: string, message: string, limit: number): Refusal {
  return new Refusal('too_many_queries', message, id, { retryable: true, limit });
}
