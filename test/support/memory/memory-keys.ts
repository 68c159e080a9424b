import type { RequestKey } from '../../../src/runtime/model/request';

/** A partition key and a sort key. */
export type Key = [partitionKey: string, sortKey: string];

export const REQUEST_PREFIX = 'request#';

export function connectionPartition(connectionId: string): string {
  return `connection#${connectionId}`;
}

export function runPartition(run: string): string {
  return `run#${run}`;
}

export function requestKey({ connectionId, id }: RequestKey): Key {
  return [connectionPartition(connectionId), `${REQUEST_PREFIX}${id}`];
}

export function cancellationKey({ connectionId, id }: RequestKey): Key {
  return [connectionPartition(connectionId), `canceled#${id}`];
}

export function callerPartition(caller: string): string {
  return `caller#${caller}`;
}

export function callerQueryKey(caller: string, request: string): Key {
  return [callerPartition(caller), `${REQUEST_PREFIX}${request}`];
}

export function identityKey(connectionId: string): Key {
  return [connectionPartition(connectionId), 'identity'];
}

export function runKey(run: string): Key {
  return [runPartition(run), 'run'];
}

export function subscriberKey(run: string, request: string): Key {
  return [runPartition(run), `${REQUEST_PREFIX}${request}`];
}

export function cacheItemKey(cacheKey: string): Key {
  return [`cache#${cacheKey}`, 'run'];
}

export function chunkKey(seq: number): string {
  return `messages#${String(seq).padStart(10, '0')}`;
}
