import { readCount, readQueries, readSetting } from '../../../src/runtime/aws/services/environment';

test('readSetting throws an error with the name of a variable that is missing or empty', () => {
  expect(readSetting({ TABLE_NAME: 'table' }, 'TABLE_NAME')).toBe('table');
  expect(() => readSetting({}, 'TABLE_NAME')).toThrow('the environment variable TABLE_NAME is not set');
  expect(() => readSetting({ TABLE_NAME: '' }, 'TABLE_NAME')).toThrow('the environment variable TABLE_NAME is not set');
});

test('readCount returns an integer of at least 1', () => {
  expect(readCount({ MESSAGE_BURST: '5' }, 'MESSAGE_BURST')).toBe(5);
});

test.each(['0', '-1', '1.5', 'five', '5 '])('readCount throws when the value is %j', (value) => {
  expect(() => readCount({ MESSAGE_BURST: value }, 'MESSAGE_BURST')).toThrow(`the environment variable MESSAGE_BURST is ${value}, which isn't an integer`);
});

test('readQueries returns the SQL of each query from the layer or from the environment, with its limits', () => {
  const limits = { timeoutSeconds: 900, reconnectGraceSeconds: 60, resultReuseSeconds: 60, resultRetentionSeconds: 3600 };
  const queries = readQueries({
    known: { sql: { inline: 'SELECT 1' }, parameters: {}, ...limits },
    deployed: { sql: { environmentVariable: 'SQL_1' }, parameters: {}, ...limits },
  }, { SQL_1: 'SELECT 2' });
  expect(queries).toEqual({
    known: { sql: 'SELECT 1', parameters: {}, ...limits },
    deployed: { sql: 'SELECT 2', parameters: {}, ...limits },
  });
});
