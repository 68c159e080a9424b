import { ALIVE } from './dynamodb-table';
import type { DynamoDbTable, Item } from './dynamodb-table';
import { changing } from './expressions';
import type { Expressions } from './expressions';
import type { ItemKey } from './item-keys';
import { KEYS } from '../../../shared/table-keys';
import type { LeaseResult, Lease } from '../../model/ports';

/** The attributes by which an item says who works on it, and until when, in milliseconds since the epoch. */
const LEASE_HOLDER = 'leaseHolder';
const LEASE_UNTIL = 'leaseUntil';

/** Counts how often the lease was acquired since it was last released. */
const LEASE_CRASHES = 'leaseCrashes';

/** Names the last call that allowed more messages. */
export const LAST_CREDIT = 'lastCredit';

/** The names of the early credits that a request has taken. */
export const EARLY_CREDITS = 'earlyCredits';

/** In place of a record: says that one that API Gateway received by this moment was canceled in advance. */
export const CANCELED_UNTIL = 'canceledUntil';

const OWN_ATTRIBUTES = new Set<string>([KEYS.partitionKey, KEYS.sortKey, LEASE_HOLDER, LEASE_UNTIL, LEASE_CRASHES, LAST_CREDIT, EARLY_CREDITS]);

/** The holder may be the one that asks: the SDK repeats a call whose answer was lost. */
const FREE = `(attribute_not_exists(#${LEASE_UNTIL}) OR #${LEASE_UNTIL} < :now OR #${LEASE_HOLDER} = :holder)`;

/** A condition: the record is there. */
const STORED = `(${ALIVE} AND attribute_not_exists(#${CANCELED_UNTIL}))`;

const TAKE = `SET #${LEASE_HOLDER} = :holder, #${LEASE_UNTIL} = :until`;

const HELD_OR_RELEASED = `#${LEASE_HOLDER} = :holder`;

const HELD = `${HELD_OR_RELEASED} AND attribute_exists(#${LEASE_UNTIL})`;

/** An item with a lease: the attributes that it is stored with. */
export function leased(record: object, { holder, until }: Lease): Item {
  return { ...record, [LEASE_HOLDER]: holder, [LEASE_UNTIL]: until };
}

/** What an item is about, without what only the table is concerned with. */
export function recordOf<T>(item: Item): T {
  const record = { ...item };
  for (const name of OWN_ATTRIBUTES) {
    delete record[name];
  }
  return record as T;
}

export function isCanceledInAdvance(item: Item): boolean {
  return item[CANCELED_UNTIL] !== undefined;
}

/** Items of a table on which one holder at a time may work. */
export class LeasedItems {
  constructor(private readonly table: DynamoDbTable) {}

  /** Takes an item that nobody else has. */
  public async acquire<T>(key: ItemKey, lease: Lease): Promise<LeaseResult<T>> {
    const item = await this.table.update(key, { update: `${TAKE} ADD #${LEASE_CRASHES} :one`, condition: `${STORED} AND ${FREE}`, values: { ...lease, one: 1 } });
    if (item !== undefined) {
      return { state: 'acquired', record: recordOf(item), crashes: Number(item[LEASE_CRASHES]) - 1 };
    }
    const stored = await this.table.get(key);
    return { state: stored === undefined || isCanceledInAdvance(stored) ? 'missing' : 'held' };
  }

  /** Takes an item from whoever has it, if the condition holds. */
  public async seize<T>(key: ItemKey, lease: Lease, { condition, values }: Expressions): Promise<T | undefined> {
    const item = await this.table.update(key, { update: TAKE, condition: `${STORED} AND ${condition}`, values: { ...values, ...lease } });
    return item && recordOf(item);
  }

  /** Changes an item under its lease, and may give the lease back; undefined, without effect, when it was lost. */
  public async save<T extends object>(key: ItemKey, { holder }: Lease, changes: Partial<T>, release: boolean): Promise<T | undefined> {
    // The holder stays named, so that a release which the SDK repeats is not taken for a lost lease.
    const { update, values } = changing({ ...changes }, release ? [LEASE_UNTIL, LEASE_CRASHES] : []);
    const condition = `${STORED} AND ${release ? HELD_OR_RELEASED : HELD}`;
    const item = await this.table.update(key, { update, condition, values: { ...values, holder } });
    return item && recordOf(item);
  }

  /** Removes an item, if its lease is held. */
  public async remove(key: ItemKey, { holder }: Lease): Promise<void> {
    await this.table.delete(key, { condition: HELD, values: { holder } });
  }
}
