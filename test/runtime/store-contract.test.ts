import type { RunningService } from '../../local/aws';
import { startDynalite } from '../../local/aws/dynamodb/start-dynalite';
import { DynamoDbResults } from '../../src/runtime/aws/dynamodb/dynamodb-results';
import { DynamoDbStore } from '../../src/runtime/aws/dynamodb/dynamodb-store';
import { S3Bucket } from '../../src/runtime/aws/s3-bucket';
import { dynamoDbLocal } from '../support/dynamodb-local';
import { describeLeases } from '../support/lease-contract';
import { memoryBucket } from '../support/memory-bucket';
import { MemoryDocuments } from '../support/memory-documents';
import { MemoryResults } from '../support/memory-results';
import { MemoryStore } from '../support/memory-store';
import { ObjectServer } from '../support/object-server';
import { describeResults } from '../support/results-contract';
import { describeStore } from '../support/store-contract';
import { newName } from '../support/store-fixture';
import type { StartTable } from '../support/store-fixture';
import { createTable, documentClient, tableAt } from '../support/table-emulator';

const startDynamoDbLocal = dynamoDbLocal();

const EMULATORS: [string, () => Promise<RunningService>][] = [
  ['dynalite', startDynalite],
  ...startDynamoDbLocal === undefined ? [] : [['DynamoDB Local', startDynamoDbLocal] as [string, () => Promise<RunningService>]],
];

function describeContract(name: string, start: StartTable): void {
  describeStore(name, start);
  describeLeases(name, start);
  describeResults(name, start);
}

describeContract('memory', async (clock) => {
  const now = () => clock.now();
  const results = new MemoryResults(now);
  return { store: new MemoryStore(now), results: () => results, close: async () => {} };
});

describeContract('a table whose reads are stale unless they are consistent', async (clock) => {
  const table = tableAt(new MemoryDocuments().client(), clock);
  const bucket = memoryBucket();
  return { store: new DynamoDbStore(table), results: () => new DynamoDbResults(table, bucket, clock), close: async () => {} };
});

describe.each(EMULATORS)('%s', (name, startEmulator) => {
  let emulator: RunningService;
  let objects: ObjectServer;

  beforeAll(async () => {
    emulator = await startEmulator();
    objects = await ObjectServer.start();
  });

  afterAll(async () => {
    await objects.close();
    await emulator.close();
  });

  describeContract(name, async (clock) => {
    const [documents, s3] = [documentClient(emulator.endpoint), objects.client()];
    const tableName = newName('table');
    await createTable(documents, tableName);
    const table = tableAt(documents, clock, tableName);
    return {
      store: new DynamoDbStore(table),
      results: () => new DynamoDbResults(table, new S3Bucket(s3, 'bucket'), clock),
      close: async () => {
        documents.destroy();
        s3.destroy();
      },
    };
  });
});
