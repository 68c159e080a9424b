import { randomUUID } from 'node:crypto';
import { ABSENT, ALIVE } from './dynamodb-table';
import type { DynamoDbTable, Item } from './dynamodb-table';
import {
  callerPartition,
  connectionPartition,
  earlyCreditItemKey,
  earlyCreditRange,
  identityItemKey,
  cacheItemKey,
  REQUEST_PREFIX,
  requestItemKey,
  runItemKey,
  runPartition,
  SLOT_PREFIX,
  slotItemKey,
  subscriberItemKey,
} from './item-keys';
import type { ItemKey } from './item-keys';
import { CANCELED_UNTIL, EARLY_CREDITS, isCanceledInAdvance, LAST_CREDIT, addLease, LeasedItems, saveInTransaction, toRecord } from './leased-items';
import type { TransactionResult, TransactionWrite } from './transactions';
import type { Identity } from '../../model/connection';
import { ThrottledError } from '../../model/errors';
import type { Creation, Lease, LeaseResult, Move, NewRun, SlotsInUse, Store } from '../../model/ports';
import { MAX_EARLY_CREDITS } from '../../model/request';
import type { EarlyCredit, Request, RequestKey, StoredRequest, Subscriber } from '../../model/request';
import type { Run } from '../../model/run';

/**
 * The store in a DynamoDB table: requests and identities by connection, queries in flight by caller, runs by name, and the latest run of each cache
 * key.
 */
export class DynamoDbStore implements Store {
  private readonly items: LeasedItems;

  constructor(private readonly table: DynamoDbTable) {
    this.items = new LeasedItems(table);
  }

  public async createRequest(request: Request, lease: Lease, newRun?: NewRun): Promise<Creation> {
    const { run, request: name, expiresAt, validUntil = Infinity } = request;
    const slot = { request: name, expiresAt: Math.min(expiresAt, Math.ceil(validUntil / 1000)) };
    const result = await this.table.transact([
      {
        put: requestItemKey(request),
        item: addLease(request, lease),
        condition: `${ABSENT} OR attribute_exists(#terminalMessage) OR #${CANCELED_UNTIL} < :receivedAt`,
        values: { receivedAt: request.receivedAt },
      },
      { put: subscriberItemKey(run, name), item: toSubscriber(request) },
      ...slotItemKeys(request).map((put) => ({ put, item: slot, condition: ABSENT })),
      ...newRun === undefined ? [] : putNewRun(newRun),
    ]);
    if (result.state === 'done') {
      return { state: 'created' };
    }
    const other = result.failed?.get(0);
    if (other !== undefined) {
      return { state: CANCELED_UNTIL in other ? 'canceled' : 'in use' };
    }
    const items = [...result.failed?.values() ?? []];
    const isSlotInUse = items.some(({ sortKey }) => sortKey?.startsWith(SLOT_PREFIX));
    return { state: 'taken', run: items.find((item) => item.run !== undefined)?.run, isSlotInUse };
  }

  public async moveRequest(request: Request, lease: Lease, from: string, newRun?: NewRun): Promise<Move> {
    const { run, shared } = request;
    const result = await this.table.transact([
      saveInTransaction(requestItemKey(request), lease, { run, shared }),
      { delete: subscriberItemKey(from, request.request) },
      { put: subscriberItemKey(run, request.request), item: toSubscriber(request) },
      ...newRun === undefined ? [] : putNewRun(newRun),
    ]);
    if (result.state === 'done') {
      return 'moved';
    }
    return result.failed?.has(0) ? 'lost' : 'taken';
  }

  public async slotsInUse(connectionId: string, caller?: string): Promise<SlotsInUse> {
    const [connection, ofCaller] = await Promise.all([
      this.slotsOf(connectionPartition(connectionId)),
      caller === undefined ? [] : this.slotsOf(callerPartition(caller)),
    ]);
    return { connection, caller: ofCaller };
  }

  public async requests(connectionId: string): Promise<Request[]> {
    const items = await this.table.query(connectionPartition(connectionId), REQUEST_PREFIX);
    return items.filter((item) => !isCanceledInAdvance(item)).map((item) => toRecord<Request>(item));
  }

  public async acquireRequest(key: RequestKey, lease: Lease): Promise<LeaseResult<Request>> {
    return this.items.acquire<Request>(requestItemKey(key), lease);
  }

  public async takeOverRequest(key: RequestKey, lease: Lease, receivedBy: number = Number.MAX_SAFE_INTEGER): Promise<Request | undefined> {
    return this.items.acquireIf<Request>(requestItemKey(key), lease, { condition: '#receivedAt <= :receivedBy', values: { receivedBy } });
  }

  public async cancelInAdvance(key: RequestKey, receivedBy: number, expiresAt: number): Promise<boolean> {
    return this.table.put(requestItemKey(key), { [CANCELED_UNTIL]: receivedBy, expiresAt }, {
      condition: `${ABSENT} OR #${CANCELED_UNTIL} <= :receivedBy`,
      values: { receivedBy },
    });
  }

  public async saveRequest(key: RequestKey, lease: Lease, changes: Partial<Request>, release = false): Promise<Request | undefined> {
    return this.items.save<Request>(requestItemKey(key), lease, changes, release);
  }

  public async allowMore(key: RequestKey, request: string, credit: number, early?: string): Promise<void> {
    await (early === undefined ? this.allowMoreNow(key, request, credit) : this.takeEarlyCredit(key, request, credit, early));
  }

  public async storeEarlyCredit(connectionId: string, credit: EarlyCredit): Promise<void> {
    await this.table.put(earlyCreditItemKey(connectionId, credit), credit);
  }

  public async earlyCredits(connectionId: string, result: string, receivedFrom: number): Promise<EarlyCredit[]> {
    const items = await this.table.first(connectionPartition(connectionId), earlyCreditRange(result, receivedFrom), MAX_EARLY_CREDITS);
    return items.map((item) => toRecord<EarlyCredit>(item));
  }

  public async endRequest(request: Request, lease: Lease, changes: Partial<Request>, release = false): Promise<boolean> {
    const save = saveInTransaction(requestItemKey(request), lease, changes, release);
    const { state } = await this.writeAndFreeSlots([save], request.request, slotItemKeys(request));
    return state === 'done';
  }

  public async removeRequest({ run, terminalMessage, ...request }: StoredRequest): Promise<string | undefined> {
    const { request: name } = request;
    const { state, failed } = await this.writeAndFreeSlots([
      {
        delete: requestItemKey(request),
        condition: '#request = :request AND #run = :run',
        values: { request: name, run },
      },
      { delete: subscriberItemKey(run, name) },
    ], name, terminalMessage === undefined ? slotItemKeys(request) : []);
    if (state === 'done') {
      return run;
    }
    const stored = failed!.get(0)!;
    if (stored.request === name) {
      return this.removeRequest({ ...request, run: stored.run, terminalMessage });
    }
    // A later request with the same id replaces the request only, not the subscription.
    await this.unsubscribe(run, name);
    return undefined;
  }

  public async createIdentity(connectionId: string, { claims, ...identity }: Identity, expiresAt: number): Promise<void> {
    // As JSON, because DynamoDB doesn't support all JSON values.
    await this.table.put(identityItemKey(connectionId), { ...identity, claims: JSON.stringify(claims), expiresAt });
  }

  public async identity(connectionId: string): Promise<Identity | undefined> {
    return toIdentity(await this.table.get(identityItemKey(connectionId)));
  }

  public async removeIdentity(connectionId: string): Promise<void> {
    await this.table.delete(identityItemKey(connectionId));
  }

  public async cachedRun(cacheKey: string): Promise<string | undefined> {
    const item = await this.table.get(cacheItemKey(cacheKey));
    return item?.run as string | undefined;
  }

  public async expireCachedRun(cacheKey: string, run: string, expiresAt: number): Promise<void> {
    await this.table.update(cacheItemKey(cacheKey), { update: 'SET #expiresAt = :expiresAt', condition: '#run = :run', values: { run, expiresAt } });
  }

  public async run(run: string): Promise<Run | undefined> {
    const item = await this.table.get(runItemKey(run));
    return item && toRecord<Run>(item);
  }

  public async acquireRun(run: string, lease: Lease): Promise<LeaseResult<Run>> {
    return this.items.acquire<Run>(runItemKey(run), lease);
  }

  public async saveRun(run: string, lease: Lease, changes: Partial<Run>, release = false): Promise<boolean> {
    return await this.items.save<Run>(runItemKey(run), lease, changes, release) !== undefined;
  }

  public async removeRun(run: string, lease: Lease): Promise<void> {
    await this.items.remove(runItemKey(run), lease);
  }

  public async unsubscribe(run: string, request: string): Promise<void> {
    await this.table.delete(subscriberItemKey(run, request));
  }

  public async subscribers(run: string): Promise<Subscriber[]> {
    const items = await this.table.query(runPartition(run), REQUEST_PREFIX);
    return items.map((item) => toRecord<Subscriber>(item));
  }

  /** Makes writes and frees slots, except expired ones that other requests use. Returns `done`, or `failed` because of the first write. */
  private async writeAndFreeSlots(writes: readonly TransactionWrite[], request: string, slots: readonly ItemKey[]): Promise<TransactionResult> {
    const result = await this.table.transact([
      ...writes,
      ...slots.map((slot) => ({ delete: slot, condition: 'attribute_not_exists(#request) OR #request = :request', values: { request } })),
    ]);
    throwConflict(result);
    const { failed } = result;
    if (failed === undefined || failed.has(0)) {
      return result;
    }
    return this.writeAndFreeSlots(writes, request, slots.filter((_, position) => !failed.has(writes.length + position)));
  }

  private async slotsOf(partition: string): Promise<number[]> {
    const items = await this.table.query(partition, SLOT_PREFIX);
    return items.map(({ sortKey }) => Number(String(sortKey).slice(SLOT_PREFIX.length)));
  }

  private async allowMoreNow(key: RequestKey, request: string, credit: number): Promise<void> {
    await this.table.update(requestItemKey(key), {
      update: `ADD #windowEnd :credit SET #${LAST_CREDIT} = :call`,
      // The item contains the same call if the SDK repeats it because its response was lost.
      condition: `#request = :request AND attribute_exists(#windowEnd) AND (attribute_not_exists(#${LAST_CREDIT}) OR #${LAST_CREDIT} <> :call)`,
      values: { request, credit, call: randomUUID() },
    });
  }

  private async takeEarlyCredit(key: RequestKey, request: string, credit: number, name: string): Promise<void> {
    await this.table.update(requestItemKey(key), {
      update: `ADD #windowEnd :credit, #${EARLY_CREDITS} :names`,
      condition: `#request = :request AND attribute_exists(#windowEnd) AND NOT contains(#${EARLY_CREDITS}, :name)`,
      values: { request, credit, name, names: new Set([name]) },
    });
  }
}

/** Puts a run, and sets the run of its cache key unless another one replaced the previous one meanwhile. */
function putNewRun({ run, lease, cacheKey, previous }: NewRun): TransactionWrite[] {
  return [
    { put: runItemKey(run.run), item: addLease(run, lease) },
    {
      put: cacheItemKey(cacheKey),
      item: { run: run.run, expiresAt: run.expiresAt },
      condition: previous === undefined ? ABSENT : `${ALIVE} AND #run = :previous`,
      values: { previous },
    },
  ];
}

/** The keys of the slots of a request. */
function slotItemKeys({ connectionId, caller, slots }: Pick<Request, 'connectionId' | 'caller' | 'slots'>): ItemKey[] {
  return [
    slotItemKey(connectionPartition(connectionId), slots.connection),
    ...slots.caller === undefined ? [] : [slotItemKey(callerPartition(caller!), slots.caller)],
  ];
}

function throwConflict({ state }: TransactionResult): void {
  if (state === 'conflict') {
    throw new ThrottledError('another function is writing a record');
  }
}

function toSubscriber({ connectionId, connectedAt, opened, validUntil, id, request, caller, slots, expiresAt }: Request): Subscriber {
  return { connectionId, connectedAt, opened, validUntil, id, request, caller, slots, expiresAt };
}

function toIdentity(item: Item | undefined): Identity | undefined {
  if (item === undefined) {
    return undefined;
  }
  const { caller, claims, validUntil } = item as { caller: string; claims: string; validUntil?: number };
  return { caller, claims: JSON.parse(claims) as Identity['claims'], ...(validUntil === undefined ? {} : { validUntil }) };
}
