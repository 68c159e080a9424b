import { describeTables } from '../../../local/aws/fixture/tables';
import { dynamoDbLocal } from '../../../support/local/dynamodb-local';

const startDynamoDbLocal = dynamoDbLocal();

(startDynamoDbLocal === undefined ? describe.skip : describe)('on DynamoDB Local', () => describeTables({ dynamoDb: startDynamoDbLocal }));
