import { reportedUsage, transactionTargets, transactionUsage } from '../../bench/pipeline/usage/dynamodb-usage';

const KEY = { partitionKey: { S: 'run#1' }, sortKey: { S: 'run' } };

function itemOf(bytes: number): Record<string, unknown> {
  return { a: { S: 'x'.repeat(bytes - 1) } };
}

describe('reportedUsage', () => {
  it('returns the units of reads and writes', () => {
    expect(reportedUsage('Query', { ConsumedCapacity: { CapacityUnits: 0.5 } })).toEqual({ readUnits: 0.5 });
    expect(reportedUsage('BatchGetItem', { ConsumedCapacity: [{ CapacityUnits: 1 }, { CapacityUnits: 2 }] })).toEqual({ readUnits: 3 });
    expect(reportedUsage('PutItem', { ConsumedCapacity: { CapacityUnits: 4 } })).toEqual({ writeUnits: 4 });
  });

  it('counts a rejected write as one unit', () => {
    expect(reportedUsage('UpdateItem', {})).toEqual({ writeUnits: 1 });
  });
});

describe('transaction', () => {
  it('has the key of each item', () => {
    const targets = transactionTargets({
      TransactItems: [
        { Put: { TableName: 'records', Item: { ...KEY, other: { N: '1' } } } },
        { Update: { TableName: 'records', Key: { partitionKey: { S: 'run#2' }, sortKey: { S: 'run' } } } },
      ],
    });
    expect(targets).toEqual([{ table: 'records', key: KEY }, { table: 'records', key: { partitionKey: { S: 'run#2' }, sortKey: { S: 'run' } } }]);
  });

  it('uses two units for each KB of the larger size of an item', () => {
    const [before, after] = [[undefined, itemOf(1025), itemOf(10)], [itemOf(1024), itemOf(10), undefined]];
    expect(transactionUsage('TransactWriteItems', before, after)).toEqual({ writeUnits: 2 + 4 + 2 });
  });

  it('uses two units for each 4 KB of an item that it reads', () => {
    expect(transactionUsage('TransactGetItems', [itemOf(4097), undefined], [itemOf(4097), undefined])).toEqual({ readUnits: 4 + 2 });
  });
});
