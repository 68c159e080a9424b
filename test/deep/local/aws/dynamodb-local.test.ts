import { describeTables } from '../../../local/aws/fixture/tables';
import { describeTransactions } from '../../../local/aws/fixture/transactions';
import { dynamoDbLocal } from '../../../support/local/dynamodb-local';

const startDynamoDbLocal = dynamoDbLocal();

(startDynamoDbLocal === undefined ? describe.skip : describe)('on DynamoDB Local', () => {
  const options = { dynamoDb: startDynamoDbLocal };
  describe('tables', () => describeTables(options));
  describe('transactions', () => describeTransactions(options));
});
