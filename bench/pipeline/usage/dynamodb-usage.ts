import { itemSize } from 'dynalite/db';
import { transactionWriteUnits } from '../../usage';
import type { Usage } from '../../usage';

interface Request {
  readonly TransactItems?: readonly Readonly<Record<string, { readonly Item?: object }>>[];
}

interface Capacity {
  readonly CapacityUnits: number;
}

interface Response {
  readonly ConsumedCapacity?: Capacity | readonly Capacity[];
}

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);

/** Returns the capacity units of a call from its response. A rejected write also uses units, but its response doesn't report them. */
export function dynamoDbUsage(operation: string, request: Request, { ConsumedCapacity: capacity }: Response): Partial<Usage> {
  const units = capacity === undefined ? rejectedUnits(request) : [capacity].flat().reduce((total, { CapacityUnits }) => total + CapacityUnits, 0);
  return READS.has(operation) ? { readUnits: units } : { writeUnits: units };
}

/** The units of a write of small items, apart from those that a transaction puts. */
function rejectedUnits({ TransactItems: items }: Request): number {
  const sizes = items?.flatMap((item) => Object.values(item)).map(({ Item: item = {} }) => itemSize(item));
  return sizes?.reduce((total, size) => total + transactionWriteUnits(size), 0) ?? 1;
}
