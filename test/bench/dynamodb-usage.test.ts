import { dynamoDbUsage } from '../../bench/pipeline/usage/dynamodb-usage';

function put(bytes: number): object {
  return { Put: { Item: { a: { S: 'x'.repeat(bytes - 1) } } } };
}

describe('dynamoDbUsage', () => {
  it('returns the reported units of reads, writes and transactions', () => {
    expect(dynamoDbUsage('Query', {}, { ConsumedCapacity: { CapacityUnits: 0.5 } })).toEqual({ readUnits: 0.5 });
    expect(dynamoDbUsage('BatchGetItem', {}, { ConsumedCapacity: [{ CapacityUnits: 1 }, { CapacityUnits: 2 }] })).toEqual({ readUnits: 3 });
    expect(dynamoDbUsage('PutItem', {}, { ConsumedCapacity: { CapacityUnits: 4 } })).toEqual({ writeUnits: 4 });
    expect(dynamoDbUsage('TransactWriteItems', {}, { ConsumedCapacity: [{ CapacityUnits: 12 }] })).toEqual({ writeUnits: 12 });
  });

  it('counts a rejected write as one unit, and a canceled transaction as two units for each KB that it would put', () => {
    expect(dynamoDbUsage('UpdateItem', {}, {})).toEqual({ writeUnits: 1 });
    const TransactItems = [put(1025), put(1024), { Update: {} }] as Parameters<typeof dynamoDbUsage>[1]['TransactItems'];
    expect(dynamoDbUsage('TransactWriteItems', { TransactItems }, {})).toEqual({ writeUnits: 4 + 2 + 2 });
  });
});
