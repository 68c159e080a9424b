import { RejectedRequestError } from '../model/errors';
import type { Request, RequestKey, Slots } from '../model/request';
import type { QueryServices } from '../model/services';

type Limits = Pick<QueryServices, 'maxQueriesPerConnection' | 'maxQueriesPerCaller'>;

/** Chooses the slots of a request without reading which are in use. Consecutive numbers as ids have different slots. */
export function chooseSlots({ maxQueriesPerConnection, maxQueriesPerCaller }: Limits, { connectionId, id, caller }: RequestKey & Pick<Request, 'caller'>): Slots {
  const number = toNumber(id);
  return {
    connection: number % maxQueriesPerConnection,
    ...(caller === undefined || maxQueriesPerCaller === undefined ? {} : { caller: (number + toNumber(connectionId)) % maxQueriesPerCaller }),
  };
}

/** Chooses free slots of a request. Throws RejectedRequestError if none is free. */
export async function findFreeSlots(services: QueryServices, request: Request): Promise<Slots> {
  const { store, maxQueriesPerConnection, maxQueriesPerCaller } = services;
  const { connectionId, caller, id, slots } = request;
  const inUse = await store.slotsInUse(connectionId, slots.caller === undefined ? undefined : caller);
  const connection = findFree(slots.connection, maxQueriesPerConnection, inUse.connection);
  const ofCaller = slots.caller === undefined ? undefined : findFree(slots.caller, maxQueriesPerCaller!, inUse.caller);
  if (connection === undefined) {
    throw createLimitError(id, 'The connection has reached its limit', '', maxQueriesPerConnection);
  }
  if (slots.caller !== undefined && ofCaller === undefined) {
    throw createLimitError(id, 'The caller has reached its limit', ' on all connections', maxQueriesPerCaller!);
  }
  return { connection, ...(ofCaller === undefined ? {} : { caller: ofCaller }) };
}

export function createIdInUseError(id: string): RejectedRequestError {
  return new RejectedRequestError('id_in_use', 'A query with this id is still in flight. Use a different id for each query.', id, { retryable: true });
}

/** The first free slot from a number on. */
function findFree(first: number, slots: number, inUse: readonly number[]): number | undefined {
  for (let slot = first; slot < first + slots; slot += 1) {
    if (!inUse.includes(slot % slots)) {
      return slot % slots;
    }
  }
  return undefined;
}

/** The last digits of a string, or a hash of a string without any. */
function toNumber(string: string): number {
  const digits = /\d{1,9}$/.exec(string);
  return digits === null ? [...string].reduce((hash, character) => (31 * hash + character.codePointAt(0)!) % 1_000_003, 7) : Number(digits[0]);
}

function createLimitError(id: string, problem: string, where: string, limit: number): RejectedRequestError {
  const message = `${problem} of ${limit} queries in flight${where}. Wait until one ends, or cancel one.`;
  return new RejectedRequestError('too_many_queries', message, id, { retryable: true, limit });
}
