import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { DynamoDbResults } from '../../../src/runtime/aws/dynamodb/dynamodb-results';
import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import { S3Bucket } from '../../../src/runtime/aws/s3-bucket';
import type { NewRun } from '../../../src/runtime/model/ports';
import { messagesIn, chunkOf } from '../../support/batches';
import { keyOf, newLease, newName, newRequest, newRun, runToStore, StandingClock, subscriberOf } from '../../support/contracts/store-fixture';
import { interpose } from '../../support/local/interposed-service';
import { ObjectServer } from '../../support/local/object-server';
import { createTable, documentClient, tableAt } from '../../support/local/table-emulator';

const clock = new StandingClock();
let service: RunningService;
/** How many of the next responses are lost: their calls have had effect, but the caller receives no response. */
let toLose = 0;
let documents: DynamoDBDocumentClient;
let store: DynamoDbStore;

beforeAll(async () => {
  service = await interpose(await startDynalite(), async ({ forward }) => {
    const response = await forward();
    toLose -= 1;
    return toLose >= 0 ? undefined : response;
  });
  documents = documentClient(service.endpoint);
  await createTable(documents);
  store = new DynamoDbStore(tableAt(documents, clock));
});

afterAll(async () => {
  documents.destroy();
  await service.close();
});

/** Makes a call whose first response is lost, so that the SDK makes it again. */
async function repeated<T>(action: () => Promise<T>): Promise<T> {
  toLose = 1;
  const result = await action();
  expect(toLose).toBeLessThanOrEqual(0);
  return result;
}

/** Stores a request, and a new run if it is given. */
async function created(toStore?: NewRun) {
  const request = newRequest(clock, { ...toStore && { run: toStore.run.run }, caller: newName('caller'), slots: { connection: 1, caller: 2 } });
  const lease = newLease(clock);
  expect(await store.createRequest(request, lease, toStore)).toEqual({ state: 'created' });
  return { request, lease };
}

/** Stores a run without a lease. */
async function createdRun() {
  const toStore = runToStore(clock);
  await created(toStore);
  await store.saveRun(toStore.run.run, toStore.lease, {}, true);
  return toStore.run;
}

test('createRequest does not report its own request, slots, and run as those of another function when the response is lost', async () => {
  const toStore = runToStore(clock);
  const { request } = await repeated(async () => created(toStore));
  expect(await store.requests(request.connectionId)).toEqual([request]);
  expect(await store.subscribers(request.run)).toEqual([subscriberOf(request)]);
  expect(await store.slotsInUse(request.connectionId, request.caller)).toEqual({ connection: [1], caller: [2] });
  expect(await store.cachedRun(toStore.cacheKey)).toBe(toStore.run.run);
});

test('createRequest reports an id in use and a run of the cache key when the response is lost', async () => {
  const toStore = runToStore(clock);
  const { request } = await created(toStore);
  const next = newRequest(clock, { connectionId: request.connectionId });
  expect(await repeated(async () => store.createRequest(next, newLease(clock)))).toEqual({ state: 'in use' });
  const other = runToStore(clock, { cacheKey: toStore.cacheKey });
  expect(await repeated(async () => store.createRequest(newRequest(clock), newLease(clock), other)))
    .toEqual({ state: 'taken', run: toStore.run.run, isSlotInUse: false });
});

test('moveRequest does not report its own run as that of another function when the response is lost', async () => {
  const first = runToStore(clock);
  const { request, lease } = await created(first);
  const second = runToStore(clock, { cacheKey: first.cacheKey, previous: first.run.run });
  const moved = { ...request, run: second.run.run };
  expect(await repeated(async () => store.moveRequest(moved, lease, request.run, second))).toBe('moved');
  expect(await store.requests(request.connectionId)).toEqual([moved]);
  expect(await store.cachedRun(first.cacheKey)).toBe(second.run.run);
});

test('endRequest does not report a lease as lost when the response to its release is lost', async () => {
  const { request, lease } = await created();
  expect(await repeated(async () => store.endRequest(request, lease, { terminalMessage: '{}' }, true))).toBe(true);
  expect(await store.slotsInUse(request.connectionId, request.caller)).toEqual({ connection: [], caller: [] });
  expect(await store.acquireRequest(keyOf(request), newLease(clock))).toMatchObject({ state: 'acquired' });
});

test('removeRequest returns the run when the response is lost', async () => {
  const { request } = await created();
  expect(await repeated(async () => store.removeRequest(request))).toBe(request.run);
  expect(await store.requests(request.connectionId)).toEqual([]);
});

test('acquireRun does not report its own lease as held by another function when the response is lost', async () => {
  const run = await createdRun();
  expect(await repeated(async () => store.acquireRun(run.run, newLease(clock)))).toMatchObject({ state: 'acquired', record: run });
});

test('saveRequest does not report a lease as lost when the response to its release is lost', async () => {
  const request = newRequest(clock);
  const lease = newLease(clock);
  await store.createRequest(request, lease);
  expect(await repeated(async () => store.saveRequest(keyOf(request), lease, { seq: 3 }, true))).toEqual({ ...request, seq: 3 });
  expect(await store.acquireRequest(keyOf(request), newLease(clock))).toMatchObject({ state: 'acquired' });
});

test('allowMore counts its credit once when the response is lost', async () => {
  const request = newRequest(clock, { windowEnd: 2 });
  await store.createRequest(request, newLease(clock));
  await repeated(async () => store.allowMore(keyOf(request), request.request, 3));
  await repeated(async () => store.allowMore(keyOf(request), request.request, 4));
  expect(await store.requests(request.connectionId)).toEqual([{ ...request, windowEnd: 9 }]);
});

test('removeRun removes the run when the response is lost', async () => {
  const run = await createdRun();
  const lease = newLease(clock);
  await store.acquireRun(run.run, lease);
  await repeated(async () => store.removeRun(run.run, lease));
  expect(await store.run(run.run)).toBeUndefined();
});

test('store does not report its own chunk as that of another function when the response is lost', async () => {
  const objects = await ObjectServer.start();
  const s3 = objects.client();
  const results = new DynamoDbResults(tableAt(documents, clock), new S3Bucket(s3, 'bucket'), clock);
  for (const compressedBytes of [10, 1024 * 1024]) {
    const run = newRun(clock);
    const chunk = chunkOf(0, [['{"first":1}', '{"first":2}']], { compressedBytes });
    expect(await repeated(async () => results.store(run, chunk))).toEqual(chunk.after);
    expect(messagesIn((await results.find(run.run, 1))!)).toEqual({ 0: '{"first":1}', 1: '{"first":2}' });
  }
  s3.destroy();
  await objects.close();
});
