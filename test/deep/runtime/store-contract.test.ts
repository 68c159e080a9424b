import type { RunningService } from '../../../local/aws';
import { startDynalite } from '../../../local/aws/dynamodb/start-dynalite';
import { DynamoDbResults } from '../../../src/runtime/aws/dynamodb/dynamodb-results';
import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import { S3Bucket } from '../../../src/runtime/aws/s3-bucket';
import { newName } from '../../support/contracts/store-fixture';
import { describeTable } from '../../support/contracts/table-contract';
import { dynamoDbLocal } from '../../support/local/dynamodb-local';
import { ObjectServer } from '../../support/local/object-server';
import { createTable, documentClient, tableAt } from '../../support/local/table-emulator';

const startDynamoDbLocal = dynamoDbLocal();

const EMULATORS: [string, () => Promise<RunningService>][] = [
  ['dynalite', startDynalite],
  ...startDynamoDbLocal === undefined ? [] : [['DynamoDB Local', startDynamoDbLocal] as [string, () => Promise<RunningService>]],
];

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

  describeTable(name, async (clock) => {
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
