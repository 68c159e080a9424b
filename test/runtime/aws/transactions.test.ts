import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { watchAttempts } from '../../../src/runtime/aws/clients/attempts';
import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import type { DynamoDbTable } from '../../../src/runtime/aws/dynamodb/dynamodb-table';
import type { TransactionWrite } from '../../../src/runtime/aws/dynamodb/transactions';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { newLease, newName, newRequest, runToStore, StandingClock } from '../../support/contracts/store-fixture';
import { interpose, serviceError } from '../../support/local/interposed-service';
import type { ServiceResponse } from '../../support/local/interposed-service';
import { createTable, documentClient, tableAt } from '../../support/local/table-emulator';

const CANCELED = 'TransactionCanceledException';

const clock = new StandingClock();
let service: RunningService;
let documents: DynamoDBDocumentClient;
let table: DynamoDbTable;
let store: DynamoDbStore;
/** The responses to the next calls of an operation. Other calls reach the table. */
let responses: readonly ServiceResponse[] = [];
let failingOperation: string;
let attempts = 0;

beforeAll(async () => {
  service = await interpose(await startDynalite(), async ({ target, forward }) => {
    if (!target.endsWith(`.${failingOperation}`)) {
      return forward();
    }
    attempts += 1;
    return responses[attempts - 1] ?? forward();
  });
  documents = watchAttempts(documentClient(service.endpoint));
  await createTable(documents);
  table = tableAt(documents, clock);
  store = new DynamoDbStore(table);
});

afterAll(async () => {
  documents.destroy();
  await service.close();
});

/** Makes the next calls of an operation fail. */
function fail(operation: string, ...errors: readonly ServiceResponse[]): void {
  [failingOperation, responses, attempts] = [operation, errors, 0];
}

function canceled(...codes: readonly string[]): ServiceResponse {
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
  const reasons = codes.map((Code) => ({ Code, ...(Code === 'None' ? {} : { Message: Code }) }));
  return { status: 400, body: Buffer.from(JSON.stringify({ __type: CANCELED, message, CancellationReasons: reasons })) };
}

function key(partitionKey: string, sortKey = 'item') {
  return { partitionKey, sortKey };
}

function put(partition: string, item: object = {}): TransactionWrite {
  return { put: key(partition), item: { expiresAt: clock.seconds() + 60, ...item } };
}

const ABSENT = { condition: 'attribute_not_exists(#expiresAt)' };

describe('transact', () => {
  const write = () => [put(newName('partition')), put(newName('partition'))];

  beforeEach(() => fail('none'));

  it('puts, updates, and deletes items', async () => {
    const [one, other, third] = [newName('partition'), newName('partition'), newName('partition')];
    await table.transact([put(other, { count: 1 }), put(third)]);
    expect(await table.transact([
      { ...put(one), ...ABSENT },
      { update: key(other), expression: 'SET #count = :count, #seconds = :seconds, #now = :now', condition: '#count = :old', values: { count: 2, old: 1 } },
      { delete: key(third), condition: 'attribute_exists(#expiresAt)' },
    ])).toEqual({ state: 'done' });
    expect(await table.get(key(one))).toMatchObject(key(one));
    expect(await table.get(key(other))).toMatchObject({ count: 2, seconds: clock.seconds(), now: clock.now() });
    expect(await table.get(key(third))).toBeUndefined();
  });

  it('returns the strings and numbers of each item whose condition failed, by position, and has no effect', async () => {
    const [one, other, third] = [newName('partition'), newName('partition'), newName('partition')];
    await table.transact([put(other, { run: 'r', count: 1, list: ['a'] })]);
    expect(await table.transact([put(one), { ...put(other), ...ABSENT }, { delete: key(third), condition: 'attribute_exists(#expiresAt)' }]))
      .toEqual({ state: 'failed', failed: new Map([[1, { ...key(other), run: 'r', count: '1', expiresAt: String(clock.seconds() + 60) }], [2, {}]]) });
    expect(await table.get(key(one))).toBeUndefined();
  });

  it('returns "conflict" when another transaction writes an item', async () => {
    fail('TransactWriteItems', canceled('None', 'TransactionConflict'));
    expect(await table.transact(write())).toEqual({ state: 'conflict' });
    expect(attempts).toBe(1);
  });

  it('returns "failed" when a condition failed and another transaction writes another item', async () => {
    fail('TransactWriteItems', canceled('TransactionConflict', 'ConditionalCheckFailed'));
    expect(await table.transact(write())).toEqual({ state: 'failed', failed: new Map([[1, {}]]) });
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])('throws ThrottledError when the reason is %s', async (code) => {
    fail('TransactWriteItems', canceled(code, 'None'));
    const error = await table.transact(write()).catch((reason) => reason);
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error.message).toContain(code);
  });

  it.each(['ValidationError', 'ItemCollectionSizeLimitExceeded'])('throws the error itself when the reason is %s, because a retry fails, too', async (code) => {
    fail('TransactWriteItems', canceled('None', code));
    const error = await table.transact(write()).catch((reason) => reason);
    expect(error).not.toBeInstanceOf(ServiceBusyError);
    expect(error).toMatchObject({ name: CANCELED });
  });

  it.each(['ValidationException', 'AccessDeniedException'])('throws %s itself', async (name) => {
    fail('TransactWriteItems', serviceError(name, 'no'));
    const error = await table.transact(write()).catch((reason) => reason);
    expect(error).not.toBeInstanceOf(ServiceBusyError);
    expect(error).toMatchObject({ name });
  });

  it('succeeds after a throttle', async () => {
    fail('TransactWriteItems', serviceError('ThrottlingException', 'slow down'));
    expect(await table.transact(write())).toEqual({ state: 'done' });
    expect(attempts).toBe(2);
  });

  it('repeats the call while its first attempt is in progress', async () => {
    fail('TransactWriteItems', serviceError('TransactionInProgressException', 'in progress'));
    expect(await table.transact(write())).toEqual({ state: 'done' });
    expect(attempts).toBe(2);
  });

  it('throws ServiceBusyError, but not ThrottledError, when its first attempt stays in progress, because it may have effect', async () => {
    fail('TransactWriteItems', ...Array<ServiceResponse>(10).fill(serviceError('TransactionInProgressException', 'in progress')));
    const error = await table.transact(write()).catch((reason) => reason);
    expect(error).toBeInstanceOf(ServiceBusyError);
    expect(error).not.toBeInstanceOf(ThrottledError);
  });
});

describe('DynamoDbStore', () => {
  const conflict = canceled('TransactionConflict');

  beforeEach(() => fail('none'));

  it('returns "taken" without a run when another function writes a record of a request to create', async () => {
    const request = newRequest(clock);
    fail('TransactWriteItems', conflict);
    expect(await store.createRequest(request, newLease(clock), runToStore(clock))).toEqual({ state: 'taken', isSlotInUse: false });
    expect(await store.requests(request.connectionId)).toEqual([]);
  });

  it('returns "taken" when another function writes a record of a request to move', async () => {
    const request = newRequest(clock);
    const lease = newLease(clock);
    await store.createRequest(request, lease);
    fail('TransactWriteItems', conflict);
    expect(await store.moveRequest({ ...request, run: newName('run') }, lease, request.run)).toBe('taken');
    expect(await store.requests(request.connectionId)).toEqual([request]);
  });

  it('throws ThrottledError when another function writes a record of a request to end or remove', async () => {
    const request = newRequest(clock);
    const lease = newLease(clock);
    await store.createRequest(request, lease);
    for (const action of [async () => store.endRequest(request, lease, { terminalMessage: '{}' }), async () => store.removeRequest(request)]) {
      fail('TransactWriteItems', conflict);
      await expect(action()).rejects.toThrow(ThrottledError);
    }
    expect(await store.requests(request.connectionId)).toEqual([request]);
  });
});

describe('single writes', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['PutItem', async () => table.put(key(newName('partition')), {})],
    ['UpdateItem', async () => table.update(key(newName('partition')), { update: 'SET #expiresAt = :seconds' })],
    ['DeleteItem', async () => table.delete(key(newName('partition')))],
  ])('throw ThrottledError when a transaction writes the item of %s', async (operation, action) => {
    const error = serviceError('TransactionConflictException', 'Transaction is ongoing for the item');
    fail(operation, ...Array<ServiceResponse>(10).fill(error));
    await expect(action()).rejects.toThrow(ThrottledError);
    // The SDK doesn't repeat the call.
    expect(attempts).toBe(1);
  });
});
