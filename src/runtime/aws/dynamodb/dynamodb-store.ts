import { randomUUID } from 'node:crypto';
import { ABSENT, ALIVE } from './dynamodb-table';
import type { DynamoDbTable, Item } from './dynamodb-table';
import {
  callerPartition,
  callerQueryItemKey,
  connectionPartition,
  earlyCreditItemKey,
  earlyCreditRange,
  identityItemKey,
  cacheItemKey,
  REQUEST_PREFIX,
  requestItemKey,
  runItemKey,
  runPartition,
  subscriberItemKey,
} from './item-keys';
import { CANCELED_UNTIL, EARLY_CREDITS, isCanceledInAdvance, LAST_CREDIT, addLease, LeasedItems, toRecord } from './leased-items';
import type { Identity } from '../../model/connection';
import type { LeaseResult, Lease, Store } from '../../model/ports';
import { MAX_EARLY_CREDITS } from '../../model/request';
import type { EarlyCredit, QueryInFlight, Request, RequestKey, Subscriber } from '../../model/request';
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

  public async createRequest(request: Request, lease: Lease): Promise<boolean> {
    return this.table.put(requestItemKey(request), addLease(request, lease), {
      // The same request is stored if the SDK repeats a call whose response was lost.
      condition: `${ABSENT} OR attribute_exists(#terminalMessage) OR #request = :request OR #${CANCELED_UNTIL} < :receivedAt`,
      values: { request: request.request, receivedAt: request.receivedAt },
    });
  }

  public async requests(connectionId: string): Promise<Request[]> {
    const items = await this.table.query(connectionPartition(connectionId), REQUEST_PREFIX);
    return items.filter((item) => !isCanceledInAdvance(item)).map((item) => toRecord<Request>(item));
  }

  public async acquireRequest(key: RequestKey, lease: Lease): Promise<LeaseResult<Request>> {
    return this.items.acquire<Request>(requestItemKey(key), lease);
  }

  public async takeOverRequest(key: RequestKey, lease: Lease, receivedBy: number = Number.MAX_SAFE_INTEGER): Promise<Request | undefined> {
    // Requests of earlier versions of the library have no `receivedAt`.
    const condition = '(attribute_not_exists(#receivedAt) OR #receivedAt <= :receivedBy)';
    return this.items.acquireIf<Request>(requestItemKey(key), lease, { condition, values: { receivedBy } });
  }

  public async cancelInAdvance(key: RequestKey, receivedBy: number, expiresAt: number): Promise<boolean> {
    return this.table.put(requestItemKey(key), { [CANCELED_UNTIL]: receivedBy, expiresAt }, {
      condition: `${ABSENT} OR #${CANCELED_UNTIL} <= :receivedBy`,
      values: { receivedBy },
    });
  }

  public async isCanceledInAdvance(key: RequestKey): Promise<boolean> {
    const item = await this.table.get(requestItemKey(key));
    return item !== undefined && isCanceledInAdvance(item);
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

  public async removeRequest(key: RequestKey, request: string): Promise<string | undefined> {
    const removed = await this.table.delete(requestItemKey(key), { condition: '#request = :request', values: { request } });
    return removed?.run as string | undefined;
  }

  public async countQuery(caller: string, query: QueryInFlight): Promise<void> {
    await this.table.put(callerQueryItemKey(caller, query.request), query);
  }

  public async queriesOf(caller: string): Promise<QueryInFlight[]> {
    const items = await this.table.query(callerPartition(caller), REQUEST_PREFIX);
    return items.map((item) => toRecord<QueryInFlight>(item));
  }

  public async uncountQuery(caller: string, request: string): Promise<void> {
    await this.table.delete(callerQueryItemKey(caller, request));
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

  public async setCachedRun(cacheKey: string, run: string, previous: string | undefined, expiresAt: number): Promise<boolean> {
    const isPrevious = previous === undefined ? ABSENT : `(${ALIVE} AND #run = :previous)`;
    return this.table.put(cacheItemKey(cacheKey), { run, expiresAt }, {
      // The item contains the run already if the SDK repeats a call whose response was lost.
      condition: `${isPrevious} OR (${ALIVE} AND #run = :run)`,
      values: { run, previous },
    });
  }

  public async createRun(run: Run, lease?: Lease): Promise<void> {
    await this.table.put(runItemKey(run.run), lease === undefined ? run : addLease(run, lease));
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

  public async removeRun(run: string, lease?: Lease): Promise<void> {
    await (lease === undefined ? this.table.delete(runItemKey(run)) : this.items.remove(runItemKey(run), lease));
  }

  public async subscribe(run: string, subscriber: Subscriber): Promise<void> {
    await this.table.put(subscriberItemKey(run, subscriber.request), subscriber);
  }

  public async unsubscribe(run: string, request: string): Promise<void> {
    await this.table.delete(subscriberItemKey(run, request));
  }

  public async subscribers(run: string): Promise<Subscriber[]> {
    const items = await this.table.query(runPartition(run), REQUEST_PREFIX);
    return items.map((item) => toRecord<Subscriber>(item));
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

function toIdentity(item: Item | undefined): Identity | undefined {
  if (item === undefined) {
    return undefined;
  }
  const { caller, claims, validUntil } = item as { caller: string; claims: string; validUntil?: number };
  return { caller, claims: JSON.parse(claims) as Identity['claims'], ...(validUntil === undefined ? {} : { validUntil }) };
}
