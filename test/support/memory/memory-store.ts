import {
  callerPartition,
  callerQueryKey,
  cancellationKey,
  connectionPartition,
  identityKey,
  cacheItemKey,
  REQUEST_PREFIX,
  requestKey,
  runKey,
  runPartition,
  subscriberKey,
} from './memory-keys';
import type { Key } from './memory-keys';
import { MemoryTable } from './memory-table';
import type { Expiring, Item } from './memory-table';
import type { Identity } from '../../../src/runtime/model/connection';
import type { LeaseResult, Lease, Store } from '../../../src/runtime/model/ports';
import { MAX_EARLY_CREDITS } from '../../../src/runtime/model/request';
import type { EarlyCredit, QueryInFlight, Request, RequestKey, Subscriber } from '../../../src/runtime/model/request';
import type { Run } from '../../../src/runtime/model/run';

/** Who works on a record, and until when, in milliseconds since the epoch. */
interface Held {
  readonly leaseHolder?: string;
  readonly leaseUntil?: number;
  /** The acquisitions of the lease since its last release. */
  readonly leaseAcquisitions?: number;
  /** The names of the early credits that a request has taken. */
  readonly earlyCredits?: readonly string[];
}

type Stored<T> = T & Held & Expiring;

interface Pointer extends Expiring {
  readonly run: string;
}

/** Cancels requests in advance that API Gateway received by a moment. */
interface Cancellation extends Expiring {
  readonly receivedBy: number;
}

interface StoredIdentity extends Expiring {
  readonly identity: Identity;
}

/** The table in memory: each method is one step that nothing can come between. */
export class MemoryStore implements Store {
  private readonly table: MemoryTable;

  /** `now` gives milliseconds since the epoch. */
  constructor(private readonly now: () => number) {
    this.table = new MemoryTable(now);
  }

  /** Deletes what has expired, as DynamoDB does at a time of its own choice; `mayDelete` spares some of it. Returns how many items it deleted. */
  public purge(mayDelete?: (item: Item) => boolean): number {
    return this.table.purge(mayDelete);
  }

  /** Everything that is stored, expired or not. */
  public items(): Item[] {
    return this.table.items();
  }

  public async createRequest(request: Request, lease: Lease): Promise<boolean> {
    const key = requestKey(request);
    const stored = this.table.get<Stored<Request>>(...key);
    if (stored !== undefined && stored.terminalMessage === undefined && stored.request !== request.request) {
      return false;
    }
    const canceled = this.table.get<Cancellation>(...cancellationKey(request));
    if (canceled !== undefined && canceled.receivedBy >= request.receivedAt) {
      return false;
    }
    this.table.put(...key, held(request, lease));
    return true;
  }

  public async requests(connectionId: string): Promise<Request[]> {
    return this.table.query<Stored<Request>>(connectionPartition(connectionId), REQUEST_PREFIX).map((stored) => withoutLease(stored));
  }

  public async acquireRequest(key: RequestKey, lease: Lease): Promise<LeaseResult<Request>> {
    return this.acquire<Request>(requestKey(key), lease);
  }

  public async takeOverRequest(key: RequestKey, lease: Lease, receivedBy = Infinity): Promise<Request | undefined> {
    const stored = this.table.get<Stored<Request>>(...requestKey(key));
    return stored && stored.receivedAt <= receivedBy ? this.take(requestKey(key), stored, lease) : undefined;
  }

  public async cancelInAdvance(key: RequestKey, receivedBy: number, expiresAt: number): Promise<boolean> {
    const canceled = this.table.get<Cancellation>(...cancellationKey(key));
    if (this.table.get(...requestKey(key)) !== undefined || (canceled !== undefined && canceled.receivedBy > receivedBy)) {
      return false;
    }
    this.table.put(...cancellationKey(key), { receivedBy, expiresAt });
    return true;
  }

  public async isCanceledInAdvance(key: RequestKey): Promise<boolean> {
    return this.table.get(...requestKey(key)) === undefined && this.table.get(...cancellationKey(key)) !== undefined;
  }

  public async saveRequest(key: RequestKey, lease: Lease, changes: Partial<Request>, release = false): Promise<Request | undefined> {
    return this.save<Request>(requestKey(key), lease, changes, release);
  }

  public async allowMore(key: RequestKey, request: string, credit: number, early?: string): Promise<void> {
    const stored = this.table.get<Stored<Request>>(...requestKey(key));
    const { earlyCredits = [] } = stored ?? {};
    if (stored?.windowEnd !== undefined && stored.request === request && (early === undefined || !earlyCredits.includes(early))) {
      const taken = early === undefined ? earlyCredits : [...earlyCredits, early];
      this.table.put(...requestKey(key), { ...stored, windowEnd: stored.windowEnd + credit, earlyCredits: taken });
    }
  }

  public async storeEarlyCredit(connectionId: string, credit: EarlyCredit): Promise<void> {
    this.table.put(connectionPartition(connectionId), `credit#${credit.result}#${credit.name}`, credit);
  }

  public async earlyCredits(connectionId: string, result: string, receivedFrom: number): Promise<EarlyCredit[]> {
    const credits = this.table.query<EarlyCredit>(connectionPartition(connectionId), `credit#${result}#`);
    return credits.filter(({ receivedAt }) => receivedAt >= receivedFrom).slice(0, MAX_EARLY_CREDITS);
  }

  public async removeRequest(key: RequestKey, request: string): Promise<string | undefined> {
    const stored = this.table.get<Stored<Request>>(...requestKey(key));
    if (stored?.request !== request) {
      return undefined;
    }
    this.table.delete(...requestKey(key));
    return stored.run;
  }

  public async countQuery(caller: string, query: QueryInFlight): Promise<void> {
    this.table.put(...callerQueryKey(caller, query.request), query);
  }

  public async queriesOf(caller: string): Promise<QueryInFlight[]> {
    return this.table.query<QueryInFlight>(callerPartition(caller));
  }

  public async uncountQuery(caller: string, request: string): Promise<void> {
    this.table.delete(...callerQueryKey(caller, request));
  }

  public async createIdentity(connectionId: string, identity: Identity, expiresAt: number): Promise<void> {
    this.table.put(...identityKey(connectionId), { identity, expiresAt });
  }

  public async identity(connectionId: string): Promise<Identity | undefined> {
    return this.table.get<StoredIdentity>(...identityKey(connectionId))?.identity;
  }

  public async removeIdentity(connectionId: string): Promise<void> {
    this.table.delete(...identityKey(connectionId));
  }

  public async cachedRun(cacheKey: string): Promise<string | undefined> {
    return this.table.get<Pointer>(...cacheItemKey(cacheKey))?.run;
  }

  public async setCachedRun(cacheKey: string, run: string, previous: string | undefined, expiresAt: number): Promise<boolean> {
    const stored = this.table.get<Pointer>(...cacheItemKey(cacheKey))?.run;
    if (stored !== previous && stored !== run) {
      return false;
    }
    this.table.put(...cacheItemKey(cacheKey), { run, expiresAt });
    return true;
  }

  public async createRun(run: Run): Promise<void> {
    this.table.put(...runKey(run.run), run);
  }

  public async run(run: string): Promise<Run | undefined> {
    const stored = this.table.get<Stored<Run>>(...runKey(run));
    return stored && withoutLease(stored);
  }

  public async acquireRun(run: string, lease: Lease): Promise<LeaseResult<Run>> {
    return this.acquire<Run>(runKey(run), lease);
  }

  public async saveRun(run: string, lease: Lease, changes: Partial<Run>, release = false): Promise<boolean> {
    return this.save<Run>(runKey(run), lease, changes, release) !== undefined;
  }

  public async removeRun(run: string, lease?: Lease): Promise<void> {
    if (lease === undefined || this.table.get<Stored<Run>>(...runKey(run))?.leaseHolder === lease.holder) {
      this.table.delete(...runKey(run));
    }
  }

  public async subscribe(run: string, subscriber: Subscriber): Promise<void> {
    this.table.put(...subscriberKey(run, subscriber.request), subscriber);
  }

  public async unsubscribe(run: string, request: string): Promise<void> {
    this.table.delete(...subscriberKey(run, request));
  }

  public async subscribers(run: string): Promise<Subscriber[]> {
    return this.table.query<Subscriber>(runPartition(run), REQUEST_PREFIX);
  }

  private acquire<T extends Expiring>(key: Key, lease: Lease): LeaseResult<T> {
    const stored = this.table.get<Stored<T>>(...key);
    if (stored === undefined) {
      return { state: 'missing' };
    }
    const isFree = stored.leaseHolder === undefined || stored.leaseUntil === undefined || stored.leaseUntil < this.now();
    if (!isFree) {
      return { state: 'held' };
    }
    const { leaseAcquisitions = 0 } = stored;
    return { state: 'acquired', record: this.take<T>(key, { ...stored, leaseAcquisitions: leaseAcquisitions + 1 }, lease), crashes: leaseAcquisitions };
  }

  private take<T extends Expiring>(key: Key, stored: Stored<T>, lease: Lease): T {
    this.table.put(...key, held(stored, lease));
    return withoutLease(stored);
  }

  private save<T extends Expiring>(key: Key, lease: Lease, changes: Partial<T>, release: boolean): T | undefined {
    const stored = this.table.get<Stored<T>>(...key);
    if (stored?.leaseHolder !== lease.holder) {
      return undefined;
    }
    const changed = withoutRemoved({ ...stored, ...changes });
    this.table.put(...key, release ? withoutLease(changed, changed.earlyCredits) : changed);
    return withoutLease(changed);
  }
}

function held<T extends object>(record: T, { holder, until }: Lease): T & Held {
  return { ...record, leaseHolder: holder, leaseUntil: until };
}

/** The record of an item; with the early credits that it has taken where it goes back into the table. */
function withoutLease<T extends object>(stored: T & Held, taken?: Held['earlyCredits']): T {
  const { leaseHolder, leaseUntil, leaseAcquisitions, earlyCredits, ...record } = stored;
  return { ...record, ...(taken === undefined ? {} : { earlyCredits: taken }) } as unknown as T;
}

function withoutRemoved<T extends object>(changed: T): T {
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)) as T;
}
