import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { DynamoDbResults } from '../../../src/runtime/aws/dynamodb/dynamodb-results';
import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import { S3Bucket } from '../../../src/runtime/aws/s3-bucket';
import { messagesIn, chunkOf } from '../../support/batches';
import { keyOf, newLease, newName, newRequest, newRun, StandingClock } from '../../support/contracts/store-fixture';
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

test('createRequest does not report its own request as an id in use when the response is lost', async () => {
  const request = newRequest(clock);
  expect(await repeated(async () => store.createRequest(request, newLease(clock)))).toBe(true);
});

test('acquireRun does not report its own lease as held by another function when the response is lost', async () => {
  const run = newRun(clock);
  await store.createRun(run);
  expect(await repeated(async () => store.acquireRun(run.run, newLease(clock)))).toMatchObject({ state: 'acquired', record: run });
});

test('saveRequest does not report a lease as lost when the response to its release is lost', async () => {
  const request = newRequest(clock);
  const lease = newLease(clock);
  await store.createRequest(request, lease);
  expect(await repeated(async () => store.saveRequest(keyOf(request), lease, { seq: 3 }, true))).toEqual({ ...request, seq: 3 });
  expect(await store.acquireRequest(keyOf(request), newLease(clock))).toMatchObject({ state: 'acquired' });
});

test('setCachedRun does not report its own run as that of another function when the response is lost', async () => {
  const cacheKey = newName('cacheKey');
  expect(await repeated(async () => store.setCachedRun(cacheKey, 'one', undefined, clock.seconds() + 60))).toBe(true);
});

test('allowMore counts its credit once when the response is lost', async () => {
  const request = newRequest(clock, { windowEnd: 2 });
  await store.createRequest(request, newLease(clock));
  await repeated(async () => store.allowMore(keyOf(request), request.request, 3));
  await repeated(async () => store.allowMore(keyOf(request), request.request, 4));
  expect(await store.requests(request.connectionId)).toEqual([{ ...request, windowEnd: 9 }]);
});

test('removeRun removes the run when the response is lost', async () => {
  const run = newRun(clock);
  const lease = newLease(clock);
  await store.createRun(run);
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
