import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { createPlaceholders } from './expressions';
import type { Expressions } from './expressions';
import type { ItemKey } from './item-keys';
import { ThrottledError } from '../../model/errors';

/** A write of a transaction. */
export type TransactionWrite = Pick<Expressions, 'condition' | 'values'> & (
  | { readonly put: ItemKey; readonly item: object }
  | { readonly update: ItemKey; readonly expression: string | undefined }
  | { readonly delete: ItemKey }
);

/** The attributes of a stored item whose condition failed that are strings or numbers, as strings. Empty if the item doesn't exist. */
export type FailedItem = Readonly<Record<string, string>>;

/**
 * The result of a transaction, which only has an effect if it is `done`. `failed` contains the item of each failed condition, by the position of its
 * write. `conflict`: another transaction was writing one of the items.
 */
export interface TransactionResult {
  readonly state: 'done' | 'failed' | 'conflict';
  readonly failed?: ReadonlyMap<number, FailedItem>;
}

interface CancellationReason {
  readonly Code?: string;
  readonly Item?: Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;
}

const CONDITION_FAILED = 'ConditionalCheckFailed';

const CONFLICT = 'TransactionConflict';

const THROTTLES = ['ProvisionedThroughputExceeded', 'ThrottlingError'];

/** Converts the writes of a transaction to the input of TransactWriteItems. All expressions can use the values. */
export function toTransactItems(TableName: string, writes: readonly TransactionWrite[], values: Expressions['values']): TransactWriteCommandInput['TransactItems'] {
  return writes.map((write) => {
    const update = 'update' in write ? write.expression : undefined;
    const common = {
      TableName,
      ...(write.condition === undefined ? {} : { ConditionExpression: write.condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
      ...createPlaceholders(`${update} ${write.condition}`, { ...write.values, ...values }),
    };
    if ('put' in write) {
      return { Put: { ...common, Item: { ...write.item, ...write.put } } };
    }
    return 'update' in write ? { Update: { ...common, Key: write.update, UpdateExpression: update } } : { Delete: { ...common, Key: write.delete } };
  });
}

/** Reads why a transaction was canceled. Throws ThrottledError if the table was busy, and the error itself if it is another one. */
export function readCancellation(error: unknown): TransactionResult {
  const { name, message, CancellationReasons: reasons = [] } = error as Error & { readonly CancellationReasons?: readonly CancellationReason[] };
  if (name !== 'TransactionCanceledException') {
    throw error;
  }
  const failed = reasons.flatMap(({ Code, Item }, position) => Code === CONDITION_FAILED ? [[position, toStrings(Item)] as const] : []);
  if (failed.length > 0) {
    return { state: 'failed', failed: new Map(failed) };
  }
  if (reasons.some(({ Code }) => Code === CONFLICT)) {
    return { state: 'conflict' };
  }
  throw reasons.some(({ Code = '' }) => THROTTLES.includes(Code)) ? new ThrottledError(`${name}: ${message}`) : error;
}

/** The error contains items in the format of DynamoDB, not as documents. */
function toStrings(item: CancellationReason['Item'] = {}): FailedItem {
  return Object.fromEntries(Object.entries(item).flatMap(([name, { S, N = S }]) => N === undefined ? [] : [[name, N]]));
}
