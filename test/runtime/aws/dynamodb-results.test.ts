import type { S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { DynamoDbResults } from '../../../src/runtime/aws/dynamodb/dynamodb-results';
import type { DynamoDbTable } from '../../../src/runtime/aws/dynamodb/dynamodb-table';
import { S3Bucket } from '../../../src/runtime/aws/s3-bucket';
import { ServiceBusyError } from '../../../src/runtime/model/errors';
import { messagesIn, chunkOf } from '../../support/batches';
import { newRun, StandingClock } from '../../support/contracts/store-fixture';
import { ObjectServer } from '../../support/local/object-server';
import { createTable, documentClient, tableAt } from '../../support/local/table-emulator';

const KILOBYTE = 1024;
const LARGE = 256 * KILOBYTE;
const MESSAGES = ['{"seq":0}', '{"seq":1}'];

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

function newResults(): DynamoDbResults {
  return new DynamoDbResults(table, new S3Bucket(s3, 'bucket'), clock);
}

/** A chunk with which a result has the given number of compressed bytes. */
function chunkUpTo(compressedBytes: number, seq = 0) {
  return chunkOf(seq, [MESSAGES], { compressedBytes });
}

async function found(results: DynamoDbResults, run: string, seq: number): Promise<string | undefined> {
  const stored = await results.find(run, seq);
  return stored && messagesIn(stored)[seq];
}

test('a result is stored in the table while it has at most 256 KB of compressed data', async () => {
  const { run, expiresAt } = newRun(clock);
  await newResults().store({ run, expiresAt }, chunkUpTo(LARGE));
  expect(objects.calls).toEqual([]);
  expect(await found(newResults(), run, 1)).toBe(MESSAGES[1]);
});

test('a chunk that exceeds 256 KB of compressed data is stored in the bucket, with the name of the run in its key', async () => {
  const run = newRun(clock);
  const chunk = chunkUpTo(LARGE + 1, 12);
  await newResults().store(run, chunk);
  expect([...objects.objects]).toEqual([[expect.stringMatching(`^/bucket/${run.run}/0000000012/[-0-9a-f]{36}$`), Buffer.from(chunk.batches[0].data)]]);
  expect(await found(newResults(), run.run, 13)).toBe(MESSAGES[1]);
});

test('a chunk that another function has stored is not overwritten in the bucket', async () => {
  const run = newRun(clock);
  await newResults().store(run, chunkUpTo(LARGE + 1));
  await newResults().store(run, chunkOf(0, [['{"another":1}']], { compressedBytes: LARGE + 2 }));
  expect(objects.objects.size).toBe(2);
  expect(await found(newResults(), run.run, 0)).toBe(MESSAGES[0]);
});

test('a chunk is not found when the upload to the bucket failed', async () => {
  const run = newRun(clock);
  const results = newResults();
  objects.failure = { code: 'SlowDown', status: 503 };
  await expect(results.store(run, chunkUpTo(LARGE + 1))).rejects.toThrow(ServiceBusyError);
  objects.failure = undefined;
  expect(await results.find(run.run, 0)).toBeUndefined();
});

/** The words in which S3 names the right that is missing. */
const NOT_ALLOWED = (action: string) => `User: arn:aws:sts::111122223333:assumed-role/role/function is not authorized to perform: ${action} on resource: …`;

test('a chunk is not found when the bucket has deleted its object', async () => {
  const run = newRun(clock);
  await newResults().store(run, chunkUpTo(LARGE + 1));
  objects.objects.clear();
  expect(await newResults().find(run.run, 0)).toBeUndefined();
});

test('a chunk is not found when its object is missing and the function has no permission to list the bucket', async () => {
  const run = newRun(clock);
  await newResults().store(run, chunkUpTo(LARGE + 1));
  objects.failure = { code: 'AccessDenied', status: 403 };
  expect(await newResults().find(run.run, 0)).toBeUndefined();
  objects.failure = { ...objects.failure, message: NOT_ALLOWED('s3:ListBucket') };
  expect(await newResults().find(run.run, 0)).toBeUndefined();
});

test.each(['s3:GetObject', 'kms:Decrypt'])('an error is thrown when an object exists and the permission %s is missing', async (action) => {
  const run = newRun(clock);
  await newResults().store(run, chunkUpTo(LARGE + 1));
  objects.failure = { code: 'AccessDenied', status: 403, message: NOT_ALLOWED(action) };
  await expect(newResults().find(run.run, 0)).rejects.toThrow(action);
});

test('an error is thrown when S3 is busy', async () => {
  const run = newRun(clock);
  await newResults().store(run, chunkUpTo(LARGE + 1));
  objects.failure = { code: 'InternalError', status: 500 };
  await expect(newResults().find(run.run, 0)).rejects.toThrow(ServiceBusyError);
});

test('a chunk is read from the bucket once for all its readers', async () => {
  const run = newRun(clock);
  await newResults().store(run, chunkUpTo(LARGE + 1));
  const results = newResults();
  expect([await found(results, run.run, 0), await found(results, run.run, 1), await found(results, run.run, 0)]).toEqual([...MESSAGES, MESSAGES[0]]);
  expect(objects.calls.filter((call) => call.startsWith('GET'))).toHaveLength(1);
});

test('a chunk is not read from the bucket by the function that stored it', async () => {
  const run = newRun(clock);
  const results = newResults();
  await results.store(run, chunkUpTo(LARGE + 1));
  expect(await found(results, run.run, 1)).toBe(MESSAGES[1]);
  expect(objects.calls.filter((call) => call.startsWith('GET'))).toEqual([]);
});
