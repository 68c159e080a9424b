import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import type { DynamoDbTable } from '../../../src/runtime/aws/dynamodb-table';
import { KeptResults } from '../../../src/runtime/aws/kept-results';
import { S3Bucket } from '../../../src/runtime/aws/s3-bucket';
import { ServiceBusy } from '../../../src/runtime/ports';
import { ObjectServer } from '../../support/object-server';
import { newRun, StandingClock } from '../../support/store-fixture';
import { createTable, documentClient, tableAt } from '../../support/table-emulator';

const KILOBYTE = 1024;
const LARGE = 256 * KILOBYTE;
const MESSAGES = ['{"seq":0}', '{"seq":1}'];
const BYTES = Buffer.byteLength(MESSAGES.join('\n'));

const clock = new StandingClock();
let emulator: RunningService;
let documents: DynamoDBDocumentClient;
let table: DynamoDbTable;
let objects: ObjectServer;
let s3: S3Client;

beforeAll(async () => {
  emulator = await startDynalite();
  documents = documentClient(emulator.endpoint);
  await createTable(documents);
  table = tableAt(documents, clock);
});

afterAll(async () => {
  documents.destroy();
  await emulator.close();
});

beforeEach(async () => {
  objects = await ObjectServer.start();
  s3 = objects.client();
});

afterEach(async () => {
  s3.destroy();
  await objects.close();
});

function newResults(): KeptResults {
  return new KeptResults(table, new S3Bucket(s3, 'bucket'), clock);
}

function runAfter(bytes: number) {
  return newRun(clock, { fetched: { seq: 0, rows: 0, bytes } });
}

test('a result is in the table as long as it has at most 256 KB', async () => {
  const run = runAfter(LARGE - BYTES);
  await newResults().keep(run, { seq: 0, messages: MESSAGES });
  expect(objects.calls).toEqual([]);
  expect(await newResults().find(run.run, 1)).toEqual({ seq: 0, messages: MESSAGES });
});

test('what makes a result larger is in the bucket, under the name of the run', async () => {
  const run = runAfter(LARGE - BYTES + 1);
  await newResults().keep(run, { seq: 12, messages: MESSAGES });
  expect([...objects.objects]).toEqual([[`/bucket/${run.run}/0000000012`, MESSAGES.join('\n')]]);
  expect(await newResults().find(run.run, 13)).toEqual({ seq: 12, messages: MESSAGES });
});

test('a large first piece is in the bucket: an item could not hold it', async () => {
  const run = runAfter(0);
  await newResults().keep(run, { seq: 0, messages: Array<string>(20).fill(JSON.stringify('ü'.repeat(10 * KILOBYTE))) });
  expect(objects.objects.size).toBe(1);
});

test('a piece that the bucket did not take is not found', async () => {
  const run = runAfter(LARGE);
  const results = newResults();
  objects.failure = { code: 'SlowDown', status: 503 };
  await expect(results.keep(run, { seq: 0, messages: MESSAGES })).rejects.toThrow(ServiceBusy);
  objects.failure = undefined;
  expect(await results.find(run.run, 0)).toBeUndefined();
});

/** The words in which S3 names the right that is missing. */
const NOT_ALLOWED = (action: string) => `User: arn:aws:sts::111122223333:assumed-role/role/function is not authorized to perform: ${action} on resource: …`;

test('an object that the bucket has deleted is not found', async () => {
  const run = runAfter(LARGE);
  await newResults().keep(run, { seq: 0, messages: MESSAGES });
  objects.objects.clear();
  expect(await newResults().find(run.run, 0)).toBeUndefined();
});

test('an object that is missing is not found by a function that may not list the bucket', async () => {
  const run = runAfter(LARGE);
  await newResults().keep(run, { seq: 0, messages: MESSAGES });
  objects.failure = { code: 'AccessDenied', status: 403 };
  expect(await newResults().find(run.run, 0)).toBeUndefined();
  objects.failure = { ...objects.failure, message: NOT_ALLOWED('s3:ListBucket') };
  expect(await newResults().find(run.run, 0)).toBeUndefined();
});

test('an object that may not be read is not taken for missing', async () => {
  const run = runAfter(LARGE);
  await newResults().keep(run, { seq: 0, messages: MESSAGES });
  objects.failure = { code: 'AccessDenied', status: 403, message: NOT_ALLOWED('s3:GetObject') };
  await expect(newResults().find(run.run, 0)).rejects.toThrow('s3:GetObject');
});

test('while S3 is busy nothing is taken for missing', async () => {
  const run = runAfter(LARGE);
  await newResults().keep(run, { seq: 0, messages: MESSAGES });
  objects.failure = { code: 'InternalError', status: 500 };
  await expect(newResults().find(run.run, 0)).rejects.toThrow(ServiceBusy);
});

test('a piece is read once for all who want it', async () => {
  const run = runAfter(LARGE);
  await newResults().keep(run, { seq: 0, messages: MESSAGES });
  const results = newResults();
  for (const seq of [0, 1, 0]) {
    expect(await results.find(run.run, seq)).toEqual({ seq: 0, messages: MESSAGES });
  }
  expect(objects.calls.filter((call) => call.startsWith('GET'))).toHaveLength(1);
});

test('whoever kept a piece need not read it', async () => {
  const run = runAfter(LARGE);
  const results = newResults();
  await results.keep(run, { seq: 0, messages: MESSAGES });
  expect(await results.find(run.run, 1)).toEqual({ seq: 0, messages: MESSAGES });
  expect(objects.calls.filter((call) => call.startsWith('GET'))).toEqual([]);
});
