import {
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { mockClient } from 'aws-sdk-client-mock';
import { RedshiftDataStatementApi } from '../../../src/runtime/aws/redshift-data-statement-api';
import { ServiceBusyError, ThrottledError, StatementRejectedError } from '../../../src/runtime/model/errors';

const TARGET = { databaseName: 'dev', workgroupName: 'analytics' };
const STATEMENT = { run: 'r1', target: TARGET, sql: 'SELECT :month', parameters: { month: '2015-01' } };

const api = mockClient(RedshiftDataClient);
const statementApi = new RedshiftDataStatementApi(new RedshiftDataClient({ region: 'us-east-1' }), 'Stack/c8/');

beforeEach(() => api.reset());

function failing(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

test('start returns the id of the statement', async () => {
  api.on(ExecuteStatementCommand).resolves({ Id: 's1' });
  expect(await statementApi.start(STATEMENT)).toBe('s1');
});

test('cancel sends the id of the statement', async () => {
  api.on(CancelStatementCommand).resolves({ Status: true });
  await statementApi.cancel('s1');
  expect(api.commandCalls(CancelStatementCommand).map(({ args: [{ input }] }) => input)).toEqual([{ Id: 's1' }]);
});

/** The responses of the Data API when it does not cancel. */
const NOT_CANCELED: [string, () => void][] = [
  ['a false status', () => void api.on(CancelStatementCommand).resolves({ Status: false })],
  ['ValidationException', () => void api.on(CancelStatementCommand).rejects(failing('ValidationException'))],
];

test.each(NOT_CANCELED)('cancel ignores %s when the statement has ended', async (_, respond) => {
  respond();
  api.on(DescribeStatementCommand).resolves({ Status: 'FINISHED' });
  await expect(statementApi.cancel('s1')).resolves.toBeUndefined();
});

test.each(NOT_CANCELED)('cancel throws ServiceBusyError after %s when the statement has not ended', async (_, respond) => {
  respond();
  api.on(DescribeStatementCommand).resolves({ Status: 'SUBMITTED' });
  await expect(statementApi.cancel('s1')).rejects.toThrow(new ServiceBusyError('the statement s1 can\'t be canceled yet'));
});

test('cancel succeeds when the Data API does not have the statement anymore', async () => {
  api.on(CancelStatementCommand).rejects(failing('ResourceNotFoundException'));
  await expect(statementApi.cancel('s1')).resolves.toBeUndefined();
});

test('cancel throws ThrottledError when the rate is exceeded', async () => {
  api.on(CancelStatementCommand).rejects(failing('ThrottlingException'));
  await expect(statementApi.cancel('s1')).rejects.toThrow(ThrottledError);
});

describe.each([
  ['start', ExecuteStatementCommand, async () => statementApi.start(STATEMENT)],
  ['describe', DescribeStatementCommand, async () => statementApi.describe('s1')],
  ['fetch', GetStatementResultCommand, async () => statementApi.fetchPage('s1')],
])('a call to %s', (_, command, action) => {
  it.each(['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException'])('throws StatementRejectedError when the Data API throws %s', async (name) => {
    api.on(command as typeof ExecuteStatementCommand).rejects(failing(name));
    await expect(action()).rejects.toThrow(StatementRejectedError);
  });

  it('throws ServiceBusyError when the Data API throws InternalServerException', async () => {
    api.on(command as typeof ExecuteStatementCommand).rejects(failing('InternalServerException'));
    await expect(action()).rejects.toThrow(ServiceBusyError);
  });

  it('repeats no message that can contain a value of the client', async () => {
    api.on(command as typeof ExecuteStatementCommand).rejects(failing('ValidationException', 'the value 2015-01 is bad'));
    await expect(action()).rejects.toThrow(new StatementRejectedError('ValidationException'));
  });
});

test('cancel throws the message of AccessDeniedException when the role has no permission to cancel', async () => {
  api.on(CancelStatementCommand).rejects(failing('AccessDeniedException', 'not allowed'));
  await expect(statementApi.cancel('s1')).rejects.toThrow(new StatementRejectedError('AccessDeniedException: not allowed'));
});
