import { DynamoDbResults } from '../../../src/runtime/aws/dynamodb/dynamodb-results';
import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import { describeTable } from '../../support/contracts/table-contract';
import { tableAt } from '../../support/local/table-emulator';
import { memoryBucket } from '../../support/memory/memory-bucket';
import { MemoryDocuments } from '../../support/memory/memory-documents';

// test/deep/runtime describes the table of emulators of DynamoDB.
describeTable('a table with eventually consistent reads', async (clock) => {
  const table = tableAt(new MemoryDocuments().client(), clock);
  const bucket = memoryBucket();
  return { store: new DynamoDbStore(table), results: () => new DynamoDbResults(table, bucket, clock), close: async () => {} };
});
