import { sequencesOf } from '../../bench/pipeline/measurement/sequences';
import type { RecordedCall } from '../../bench/pipeline/usage/meter';

function call(functionName: string, operation: string, startedAt: number, endedAt: number, message?: object): RecordedCall {
  return { service: 'dynamodb', operation, functionName, startedAt, endedAt, ...message === undefined ? {} : { message: JSON.stringify(message) } };
}

const CALLS = [
  call('OnMessage', 'PutItem', 1, 5),
  call('OnMessage', 'PostToConnection', 6, 20, { type: 'accepted' }),
  call('OnMessage', 'ExecuteStatement', 6, 30),
  call('OnMessage', 'UpdateItem', 90, 110),
  call('SendMessage', 'GetStatementResult', 101, 120),
  call('SendMessage', 'UpdateItem', 101, 106),
  call('SendMessage', 'PostToConnection', 121, 130, { type: 'rows' }),
  call('SendMessage', 'PostToConnection', 131, 140, { type: 'complete' }),
];

describe('sequencesOf', () => {
  it('counts the calls until the statement, and from its end to the first rows', () => {
    expect(sequencesOf(CALLS, 0, 100)).toEqual({ untilStatement: 2, untilRows: 2 });
  });

  it('finds the rows of the baseline, whose message has no type', () => {
    const calls = [...CALLS.slice(0, 3), call('SendMessage', 'PostToConnection', 101, 110, { topicName: 'query' })];
    expect(sequencesOf(calls, 0, 100).untilRows).toBe(1);
  });

  it('throws when no rows were posted', () => {
    expect(() => sequencesOf(CALLS.slice(0, 3), 0, 100)).toThrow('no post with rows');
  });
});
