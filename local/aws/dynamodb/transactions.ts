import { randomUUID } from 'node:crypto';
import { itemSize } from 'dynalite/db';
import { ConditionalWrites } from './conditional-writes';
import type { Attributes, WriteInput } from './conditional-writes';
import type { DynaliteCalls } from './dynalite-calls';
import { DynamoDbError } from './dynamodb-error';
import { canonicalJson, RequestTokens } from './request-tokens';

const MAX_BYTES = 4 * 1024 * 1024;

/** A condition check is an update that changes nothing. */
const OPERATIONS = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'UpdateItem' } as const;

type Kind = keyof typeof OPERATIONS;

interface Action {
  readonly kind: Kind;
  readonly input: WriteInput;
  readonly key: Attributes;
}

interface TransactionInput {
  readonly TransactItems: readonly Partial<Readonly<Record<Kind, WriteInput>>>[];
  readonly ClientRequestToken?: string;
  readonly ReturnConsumedCapacity?: 'INDEXES' | 'TOTAL' | 'NONE';
}

interface Capacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

interface CancellationReason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: unknown;
}

type Undo = () => Promise<unknown>;

/** `TransactWriteItems`, which dynalite lacks. No other call may be in flight at the same time. */
export class Transactions {
  private readonly writes: ConditionalWrites;
  private readonly tokens: RequestTokens;

  constructor(private readonly dynalite: DynaliteCalls, now: () => number) {
    this.writes = new ConditionalWrites(dynalite);
    this.tokens = new RequestTokens(now);
  }

  public async write({ TransactItems: items, ClientRequestToken: token = randomUUID(), ReturnConsumedCapacity: returned = 'NONE' }: TransactionInput): Promise<object> {
    if (returned === 'INDEXES') {
      throw invalid('The consumed capacity of indexes is not supported by the local AWS: set ReturnConsumedCapacity to TOTAL');
    }
    const actions = await Promise.all(items.map(async (item) => this.actionOf(item)));
    checkActions(actions);
    const capacities: Capacity[] = [];
    if (!this.tokens.isRepeated(token, items)) {
      await this.applyAll(actions, capacities);
      this.tokens.add(token, items);
    }
    return returned === 'TOTAL' ? { ConsumedCapacity: capacitiesByTable(capacities) } : {};
  }

  private async actionOf(item: TransactionInput['TransactItems'][number]): Promise<Action> {
    const [[kind, input] = [], ...others] = Object.entries(item) as [Kind, WriteInput][];
    if (kind === undefined || input === undefined || others.length > 0) {
      throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    return { kind, input, key: await this.writes.keyOf(input) };
  }

  private async applyAll(actions: readonly Action[], capacities: Capacity[]): Promise<void> {
    const undos: Undo[] = [];
    const reasons: CancellationReason[] = [];
    try {
      for (const action of actions) {
        reasons.push(await this.apply(action, undos, capacities));
      }
      if (reasons.some(({ Code }) => Code !== 'None')) {
        const codes = reasons.map(({ Code }) => Code).join(', ');
        throw new DynamoDbError('TransactionCanceledException',
          `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`, { CancellationReasons: reasons });
      }
    } catch (error) {
      for (const undo of undos.reverse()) {
        await undo();
      }
      throw error;
    }
  }

  private async apply({ kind, input, key }: Action, undos: Undo[], capacities: Capacity[]): Promise<CancellationReason> {
    const { TableName } = input;
    try {
      const options = { ReturnValues: 'ALL_OLD', ReturnConsumedCapacity: 'TOTAL' };
      const { Attributes: old, ConsumedCapacity: capacity } = await this.writes.write(OPERATIONS[kind], { ...input, ...options });
      capacities.push(capacity as Capacity);
      const undo = async () => old === undefined
        ? this.dynalite.call('DeleteItem', { TableName, Key: key })
        : this.dynalite.call('PutItem', { TableName, Item: old });
      if (kind === 'ConditionCheck') {
        await undo();
      } else {
        undos.push(undo);
      }
      return { Code: 'None' };
    } catch (error) {
      return this.reasonOf(error, OPERATIONS[kind], input);
    }
  }

  /** Rethrows errors that aren't a reason to cancel the transaction. */
  private async reasonOf(error: unknown, operation: string, input: WriteInput): Promise<CancellationReason> {
    if (error instanceof DynamoDbError) {
      if (error.code === 'ConditionalCheckFailedException') {
        return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.members };
      }
      if (error.code === 'ValidationException' && await this.isValid(operation, input)) {
        return { Code: 'ValidationError', Message: error.message };
      }
    }
    throw error;
  }

  /** Whether the input alone is valid. dynalite validates it before it looks for the table. */
  private async isValid(operation: string, input: WriteInput): Promise<boolean> {
    const call = this.writes.write(operation, { ...input, TableName: randomUUID() });
    return call.then(() => true, ({ code }: DynamoDbError) => code === 'ResourceNotFoundException');
  }
}

function checkActions(actions: readonly Action[]): void {
  if (new Set(actions.map(({ input: { TableName }, key }) => canonicalJson([TableName, key]))).size < actions.length) {
    throw invalid('Transaction request cannot include multiple operations on one item');
  }
  const bytes = actions.reduce((sum, { input: { Item = {}, Key = {}, ExpressionAttributeValues = {} } }) =>
    sum + itemSize(Item) + itemSize(Key) + itemSize(ExpressionAttributeValues), 0);
  if (bytes > MAX_BYTES) {
    throw invalid(`Transaction payload size cannot exceed 4MB. Payload Size: ${bytes}`);
  }
}

/** A transaction uses twice the units of single writes. */
function capacitiesByTable(capacities: readonly Capacity[]): object[] {
  return [...new Set(capacities.map(({ TableName }) => TableName))].map((TableName) => {
    const ofTable = capacities.filter((capacity) => capacity.TableName === TableName);
    const units = ofTable.reduce((total, { CapacityUnits }) => total + 2 * CapacityUnits, 0);
    return { TableName, CapacityUnits: units, WriteCapacityUnits: units };
  });
}

function invalid(message: string): DynamoDbError {
  return new DynamoDbError('ValidationException', message);
}
