import { KEYS, TICKET_PARTITION_PREFIX } from '../../../shared/table-keys';
import type { EarlyCredit, RequestKey } from '../../model/request';

/** The partition and sort key of an item. */
export type ItemKey = Readonly<Record<string, string>>;

/** Prefix of the sort keys of a connection's requests and a run's subscribers. */
export const REQUEST_PREFIX = 'request#';

/** Prefix of the sort keys of the slots of a connection or caller. */
export const SLOT_PREFIX = 'slot#';

const SEQ_DIGITS = 10;

const TIME_DIGITS = 16;

export function connectionPartition(connectionId: string): string {
  return `connection#${connectionId}`;
}

export function callerPartition(caller: string): string {
  return `caller#${caller}`;
}

export function runPartition(run: string): string {
  return `run#${run}`;
}

export function requestItemKey({ connectionId, id }: RequestKey): ItemKey {
  return itemKey(connectionPartition(connectionId), `${REQUEST_PREFIX}${id}`);
}

export function identityItemKey(connectionId: string): ItemKey {
  return itemKey(connectionPartition(connectionId), 'identity');
}

/** The key of a slot in the partition of a connection or caller. */
export function slotItemKey(partition: string, slot: number): ItemKey {
  return itemKey(partition, `${SLOT_PREFIX}${slot}`);
}

export function runItemKey(run: string): ItemKey {
  return itemKey(runPartition(run), 'run');
}

export function subscriberItemKey(run: string, request: string): ItemKey {
  return itemKey(runPartition(run), `${REQUEST_PREFIX}${request}`);
}

export function cacheItemKey(cacheKey: string): ItemKey {
  return itemKey(`cache#${cacheKey}`, 'run');
}

export function messagesItemKey(run: string, seq: number): ItemKey {
  return itemKey(runPartition(run), messagesSortKey(seq));
}

export function earlyCreditItemKey(connectionId: string, { result, receivedAt, name }: EarlyCredit): ItemKey {
  return itemKey(connectionPartition(connectionId), `${earlyCreditSortKey(result, receivedAt)}#${name}`);
}

/** The range of sort keys of the early credits for a result from a moment on. */
export function earlyCreditRange(result: string, receivedFrom: number): [from: string, to: string] {
  return [earlyCreditSortKey(result, receivedFrom), `credit#${result}#~`];
}

export function ticketItemKey(hash: string): ItemKey {
  return itemKey(`${TICKET_PARTITION_PREFIX}${hash}`, 'ticket');
}

/** The sort key of a message. Sorts in the order of the numbers. */
export function messagesSortKey(seq: number): string {
  return `messages#${paddedSeq(seq)}`;
}

export function paddedSeq(seq: number): string {
  return String(seq).padStart(SEQ_DIGITS, '0');
}

function earlyCreditSortKey(result: string, receivedAt: number): string {
  return `credit#${result}#${String(receivedAt).padStart(TIME_DIGITS, '0')}`;
}

function itemKey(partitionKey: string, sortKey: string): ItemKey {
  return { [KEYS.partitionKey]: partitionKey, [KEYS.sortKey]: sortKey };
}
