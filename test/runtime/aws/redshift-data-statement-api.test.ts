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
  expect(await statementApi.start(STATEMENT)).toEqual({ statementId: 's1' });
});

describe('start with a wait', () => {
  const CREATED_AT = new Date('2026-01-05T09:00:00.000Z');
  /** The inputs of all calls of ExecuteStatement. */
  const inputs = () => api.commandCalls(ExecuteStatementCommand).map(({ args: [{ input }] }) => input);

  it('waits the given number of seconds, and is otherwise like start', async () => {
    api.on(ExecuteStatementCommand).resolves({ Id: 's1' });
    await statementApi.start(STATEMENT);
    await statementApi.start(STATEMENT, 3);
    const [started, waited] = inputs();
    expect(waited).toEqual({ ...started, WaitTimeSeconds: 3 });
  });

  it('describes the statement without another call when it finished during the wait', async () => {
    api.on(ExecuteStatementCommand).resolves({ Id: 's1', Status: 'FINISHED', HasResultSet: true, CreatedAt: CREATED_AT });
    const { statementId, description } = await statementApi.start(STATEMENT, 1);
    expect({ statementId, description }).toEqual({
      statementId: 's1',
      description: { state: 'finished', hasResultSet: true, runningMs: expect.any(Number), endedAt: CREATED_AT.getTime() + description!.runningMs },
    });
    expect(api.commandCalls(DescribeStatementCommand)).toEqual([]);
  });

  it('describes a finished statement without a result set', async () => {
    api.on(ExecuteStatementCommand).resolves({ Id: 's1', Status: 'FINISHED', HasResultSet: false });
    expect((await statementApi.start(STATEMENT, 1)).description).toMatchObject({ state: 'finished', hasResultSet: false, endedAt: undefined });
  });

  it.each([
    ['FAILED', { state: 'failed', error: 'ERROR: division by zero' }],
    ['ABORTED', { state: 'aborted', error: 'ERROR: division by zero' }],
  ] as const)('returns the error message when the statement was %s during the wait', async (status, description) => {
    api.on(ExecuteStatementCommand).resolves({ Id: 's1', Status: status, HasResultSet: false });
    api.on(DescribeStatementCommand, { Id: 's1' }).resolves({ Status: status, Error: 'ERROR: division by zero' });
    expect(await statementApi.start(STATEMENT, 1)).toMatchObject({ statementId: 's1', description });
  });

  it('describes the statement when the response doesn\'t contain whether it has a result set', async () => {
    api.on(ExecuteStatementCommand).resolves({ Id: 's1', Status: 'FINISHED' });
    api.on(DescribeStatementCommand).resolves({ Status: 'FINISHED', HasResultSet: true });
    expect((await statementApi.start(STATEMENT, 1)).description).toMatchObject({ state: 'finished', hasResultSet: true });
  });

  it.each([
    ['the description fails', () => void api.on(DescribeStatementCommand).rejects(failing('ThrottlingException'))],
    ['the description is older than the response', () => void api.on(DescribeStatementCommand).resolves({ Status: 'STARTED' })],
  ])('returns only the id of a failed statement when %s', async (_, respond) => {
    api.on(ExecuteStatementCommand).resolves({ Id: 's1', Status: 'FAILED' });
    respond();
    expect(await statementApi.start(STATEMENT, 1)).toEqual({ statementId: 's1', description: undefined });
  });

  it.each([undefined, 'SUBMITTED', 'PICKED', 'STARTED'] as const)('returns only the id when the response has the status %s', async (status) => {
    api.on(ExecuteStatementCommand).resolves({ Id: 's1', Status: status });
    expect(await statementApi.start(STATEMENT, 1)).toEqual({ statementId: 's1', description: undefined });
    expect(api.calls()).toHaveLength(1);
  });

  it.each([
    'ActiveWaitingRequestsExceededException', 'ThrottlingException', 'TimeoutError', 'AbortError', 'InternalServerException',
  ])('starts the statement again with the same client token, without a wait, when the Data API throws %s', async (name) => {
    api.on(ExecuteStatementCommand).rejectsOnce(failing(name)).resolves({ Id: 's1' });
    expect(await statementApi.start(STATEMENT, 1)).toEqual({ statementId: 's1' });
    expect(inputs().map(({ ClientToken, WaitTimeSeconds }) => [ClientToken, WaitTimeSeconds])).toEqual([['r1', 1], ['r1', undefined]]);
  });

  it.each([
    ['ActiveWaitingRequestsExceededException', false],
    ['TimeoutError', false],
    ['ThrottlingException', true],
  ])('reports that nothing started when the wait fails with %s and the next call is throttled: %s', async (name, isThrottled) => {
    api.on(ExecuteStatementCommand).rejectsOnce(failing(name)).rejects(failing('ThrottlingException'));
    const error = await statementApi.start(STATEMENT, 1).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServiceBusyError);
    expect(error instanceof ThrottledError).toBe(isThrottled);
  });

  it('doesn\'t start the statement again when the Data API rejects it', async () => {
    api.on(ExecuteStatementCommand).rejects(failing('ValidationException'));
    await expect(statementApi.start(STATEMENT, 1)).rejects.toThrow(StatementRejectedError);
    expect(inputs()).toHaveLength(1);
  });
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
  ['start and wait', ExecuteStatementCommand, async () => statementApi.start(STATEMENT, 1)],
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
