import { ALIVE } from './dynamodb-table';
import type { DynamoDbTable, Item } from './dynamodb-table';
import { createUpdate } from './expressions';
import type { Expressions } from './expressions';
import type { ItemKey } from './item-keys';
import type { TransactionWrite } from './transactions';
import { KEYS } from '../../../shared/table-keys';
import type { LeaseResult, Lease } from '../../model/ports';

/** The attributes of a lease: its holder, and its end in milliseconds since the epoch. */
const LEASE_HOLDER = 'leaseHolder';
const LEASE_UNTIL = 'leaseUntil';

/** Counts the acquisitions of the lease since its last release. */
const LEASE_CRASHES = 'leaseCrashes';

/** The id of the last call that added credit. */
export const LAST_CREDIT = 'lastCredit';

/** The names of the early credits that were applied to a request. */
export const EARLY_CREDITS = 'earlyCredits';

/** Replaces a record that was canceled in advance. A request that API Gateway received by this moment is rejected. */
export const CANCELED_UNTIL = 'canceledUntil';

const OWN_ATTRIBUTES = new Set<string>([KEYS.partitionKey, KEYS.sortKey, LEASE_HOLDER, LEASE_UNTIL, LEASE_CRASHES, LAST_CREDIT, EARLY_CREDITS]);

/** The holder can be the caller itself: the SDK repeats a call whose response was lost. */
const FREE = `(attribute_not_exists(#${LEASE_UNTIL}) OR #${LEASE_UNTIL} < :now OR #${LEASE_HOLDER} = :holder)`;

/** Condition: the record exists. */
const STORED = `(${ALIVE} AND attribute_not_exists(#${CANCELED_UNTIL}))`;

const TAKE = `SET #${LEASE_HOLDER} = :holder, #${LEASE_UNTIL} = :until`;

const HELD_OR_RELEASED = `#${LEASE_HOLDER} = :holder`;

const HELD = `${HELD_OR_RELEASED} AND attribute_exists(#${LEASE_UNTIL})`;

/** Adds the attributes of a lease to a record. */
export function addLease(record: object, { holder, until }: Lease): Item {
  return { ...record, [LEASE_HOLDER]: holder, [LEASE_UNTIL]: until };
}

/** Removes the internal attributes of an item. */
export function toRecord<T>(item: Item): T {
  const record = { ...item };
  for (const name of OWN_ATTRIBUTES) {
    delete record[name];
  }
  return record as T;
}

export function isCanceledInAdvance(item: Item): boolean {
  return item[CANCELED_UNTIL] !== undefined;
}

/** Saves changes to an item in a transaction and optionally releases its lease, if the lease is held. */
export function saveInTransaction(key: ItemKey, { holder }: Lease, changes: object, release = false): TransactionWrite {
  const { update: expression, values } = createSave(changes, release);
  return { update: key, expression, condition: `${STORED} AND ${HELD}`, values: { ...values, holder } };
}

function createSave(changes: object, release: boolean): Expressions {
  return createUpdate({ ...changes }, release ? [LEASE_UNTIL, LEASE_CRASHES] : []);
}

/** Items of a table that have a lease. */
export class LeasedItems {
  constructor(private readonly table: DynamoDbTable) {}

  /** Acquires the lease of an item, unless another worker holds it. */
  public async acquire<T>(key: ItemKey, lease: Lease): Promise<LeaseResult<T>> {
    const item = await this.table.update(key, { update: `${TAKE} ADD #${LEASE_CRASHES} :one`, condition: `${STORED} AND ${FREE}`, values: { ...lease, one: 1 } });
    if (item !== undefined) {
      return { state: 'acquired', record: toRecord(item), crashes: Number(item[LEASE_CRASHES]) - 1 };
    }
    const stored = await this.table.get(key);
    return { state: stored === undefined || isCanceledInAdvance(stored) ? 'missing' : 'held' };
  }

  /** Acquires the lease of an item even if another worker holds it, if the condition holds. */
  public async acquireIf<T>(key: ItemKey, lease: Lease, { condition, values }: Expressions): Promise<T | undefined> {
    const item = await this.table.update(key, { update: TAKE, condition: `${STORED} AND ${condition}`, values: { ...values, ...lease } });
    return item && toRecord(item);
  }

  /** Saves changes to an item and optionally releases its lease. Returns undefined, without effect, if the lease was lost. */
  public async save<T extends object>(key: ItemKey, { holder }: Lease, changes: Partial<T>, release: boolean): Promise<T | undefined> {
    // Retain the holder, so that a release that the SDK repeats doesn't appear as a lost lease.
    const { update, values } = createSave(changes, release);
    const condition = `${STORED} AND ${release ? HELD_OR_RELEASED : HELD}`;
    const item = await this.table.update(key, { update, condition, values: { ...values, holder } });
    return item && toRecord(item);
  }

  /** Removes an item if its lease is held. */
  public async remove(key: ItemKey, { holder }: Lease): Promise<void> {
    await this.table.delete(key, { condition: HELD, values: { holder } });
  }
}
