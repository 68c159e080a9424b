import { itemSize } from 'dynalite/db';
import { KEYS } from '../../../src/shared/table-keys';
import { transactionReadUnits, transactionWriteUnits } from '../../usage';
import type { Usage } from '../../usage';

export type Item = Readonly<Record<string, unknown>>;

/** Reads an item of a table, to measure its size. */
export type ReadItem = (table: string, key: Item) => Promise<Item | undefined>;

/** An item that a transaction writes or checks. */
export interface TransactionTarget {
  readonly table: string;
  readonly key: Item;
}

interface Capacity {
  readonly CapacityUnits: number;
}

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/** Whether DynamoDB reports the consumed capacity of an operation. The emulator doesn't for transactions. */
export function reportsCapacity(operation: string): boolean {
  return !operation.startsWith('Transact');
}

/** Returns the usage of a call from its response. A rejected write uses at least one unit. */
export function reportedUsage(operation: string, response: { readonly ConsumedCapacity?: Capacity | readonly Capacity[] }): Partial<Usage> {
  const capacities = [response.ConsumedCapacity ?? { CapacityUnits: 1 }].flat();
  const units = capacities.reduce((total, { CapacityUnits }) => total + CapacityUnits, 0);
  return READS.has(operation) ? { readUnits: units } : { writeUnits: units };
}

/** Returns the items of a transaction. */
export function transactionTargets({ TransactItems: items = [] }: { readonly TransactItems?: readonly Record<string, any>[] }): TransactionTarget[] {
  return items.flatMap((item) => Object.values(item)).map(({ TableName: table, Key: key, Item: item }) =>
    ({ table, key: key ?? { [KEYS.partitionKey]: item[KEYS.partitionKey], [KEYS.sortKey]: item[KEYS.sortKey] } }));
}

/** Returns the usage of a transaction: each item counts with the larger of its sizes before and after. */
export function transactionUsage(operation: string, before: readonly (Item | undefined)[], after: readonly (Item | undefined)[]): Partial<Usage> {
  const bytes = before.map((item, index) => Math.max(sizeOf(item), sizeOf(after[index])));
  const unitsOf = operation === 'TransactGetItems' ? transactionReadUnits : transactionWriteUnits;
  const units = bytes.reduce((total, size) => total + unitsOf(size), 0);
  return operation === 'TransactGetItems' ? { readUnits: units } : { writeUnits: units };
}

function sizeOf(item: Item | undefined): number {
  return item === undefined ? 0 : itemSize(item);
}
