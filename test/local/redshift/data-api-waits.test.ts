import {
  ActiveWaitingRequestsExceededException, CancelStatementCommand, DescribeStatementCommand, ExecuteStatementCommand, ExecuteStatementCommandOutput,
  GetStatementResultCommand, ResourceNotFoundException,
} from '@aws-sdk/client-redshift-data';
import { DataApiFixture, executeInput, HandEngine, stringRows, until } from './data-api-fixture';
import { RedshiftDataLimits } from '../../../local/redshift/data-api/limits';
import { stopTime, whileTimePasses } from '../../support/time';

let engine: HandEngine;
let fixture: DataApiFixture;

async function start(limits: Partial<RedshiftDataLimits> = {}): Promise<void> {
  engine = new HandEngine();
  fixture = await DataApiFixture.start({ engine, limits });
}

afterEach(async () => {
  jest.useRealTimers();
  await fixture.close();
});

/** Starts a statement in a call that waits up to 30 seconds, and returns the call when the engine has the statement. */
async function executeAndWait(sql = 'SELECT 1', abortSignal?: AbortSignal): Promise<{ readonly response: Promise<ExecuteStatementCommandOutput> }> {
  const place = engine.running.length;
  const response = fixture.starter.send(new ExecuteStatementCommand(executeInput(sql, { WaitTimeSeconds: 30, ClientToken: sql })), { abortSignal });
  response.catch(() => undefined);
  await until(() => engine.running.length > place);
  return { response };
}

async function execute(): Promise<string> {
  const { Id } = await fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 1')));
  await until(() => engine.running.length > 0);
  return Id!;
}

async function describeAndWait(id: string) {
  return fixture.starter.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: 30 }));
}

async function fetchAndWait(id: string) {
  return fixture.starter.send(new GetStatementResultCommand({ Id: id, WaitTimeSeconds: 30 }));
}

describe('a call that waits', () => {
  it('returns the status when the statement that it starts is finished', async () => {
    await start();
    const { response } = await executeAndWait();
    engine.running[0].finish();
    expect(await response).toMatchObject({ Status: 'FINISHED', HasResultSet: true, RedshiftPid: expect.any(Number) });
  });

  it('returns no result set when the finished statement has none', async () => {
    await start();
    const { response } = await executeAndWait('CREATE TABLE a (b INT)');
    engine.running[0].finish({ rows: [], rowCount: -1 });
    expect(await response).toMatchObject({ Status: 'FINISHED', HasResultSet: false });
  });

  it('returns the status when the statement fails', async () => {
    await start();
    const { response } = await executeAndWait();
    engine.running[0].fail(new Error('division by zero'));
    expect(await response).toMatchObject({ Status: 'FAILED', HasResultSet: false });
  });

  it('returns the status when another caller cancels the statement', async () => {
    await start();
    const { response } = await executeAndWait();
    await fixture.client('SENDER').send(new CancelStatementCommand({ Id: fixture.api.statements()[0].id }));
    expect(await response).toMatchObject({ Status: 'ABORTED', HasResultSet: false });
  });

  it.each<[string, () => Promise<object>]>([
    ['ExecuteStatement', async () => fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 1', { WaitTimeSeconds: 30 })))],
    ['DescribeStatement', async () => describeAndWait(await execute())],
  ])('of %s returns the current status when the time is over', async (_, call) => {
    await start();
    stopTime();
    const startedAt = Date.now();
    expect(await whileTimePasses(call())).toMatchObject({ Status: 'STARTED', HasResultSet: false });
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(30_000);
  });

  it('returns the result when the statement is finished', async () => {
    await start();
    const Id = await execute();
    const waiting = fetchAndWait(Id);
    engine.running[0].finish(stringRows(['waited for']));
    expect((await waiting).Records).toEqual([[{ stringValue: 'waited for' }]]);
  });

  it('returns no result when the time is over', async () => {
    await start();
    const Id = await execute();
    stopTime();
    await expect(whileTimePasses(fetchAndWait(Id))).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('returns immediately when the statement has ended', async () => {
    await start({ waitingRequests: 0 });
    const id = await execute();
    engine.running[0].finish();
    await until(() => fixture.api.statements()[0].status === 'FINISHED');
    expect(await describeAndWait(id)).toMatchObject({ Status: 'FINISHED' });
  });

  it('loses its connection, without a status, when the server closes', async () => {
    await start();
    const { response } = await executeAndWait();
    await fixture.api.close();
    await expect(response).rejects.toThrow('socket hang up');
  });
});

describe('a call that doesn\'t wait', () => {
  it('returns no status when it starts a statement', async () => {
    await start();
    const response = await fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 1')));
    expect(response).not.toHaveProperty('Status');
    expect(response).not.toHaveProperty('HasResultSet');
  });
});

describe('the number of calls that wait for a statement', () => {
  it('is limited for each statement', async () => {
    await start({ waitingRequests: 1 });
    const { response } = await executeAndWait('SELECT 1');
    const { response: other } = await executeAndWait('SELECT 2');
    const [, { id }] = fixture.api.statements();
    await expect(describeAndWait(id)).rejects.toBeInstanceOf(ActiveWaitingRequestsExceededException);
    await expect(fetchAndWait(id)).rejects.toBeInstanceOf(ActiveWaitingRequestsExceededException);
    expect(await fixture.starter.send(new DescribeStatementCommand({ Id: id }))).toMatchObject({ Status: 'STARTED' });
    engine.running.forEach(({ finish }) => finish());
    expect([await response, await other]).toMatchObject([{ Status: 'FINISHED' }, { Status: 'FINISHED' }]);
  });

  it('decreases when a client disconnects', async () => {
    await start({ waitingRequests: 1 });
    const controller = new AbortController();
    const { response } = await executeAndWait('SELECT 1', controller.signal);
    controller.abort();
    await expect(response).rejects.toMatchObject({ name: 'AbortError' });
    stopTime();
    const [{ id }] = fixture.api.statements();
    const outcome = async () => whileTimePasses(fixture.starter.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: 1 })))
      .then(({ Status }) => Status, ({ name }) => name as string);
    // The server notices the disconnection later than the client.
    while (await outcome() !== 'STARTED');
  });

  it('doesn\'t prevent the start of a statement, which a call with the same client token returns', async () => {
    await start({ waitingRequests: 0 });
    const { response } = await executeAndWait('SELECT 1');
    await expect(response).rejects.toMatchObject({ name: 'ActiveWaitingRequestsExceededException' });
    const again = await fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 1', { ClientToken: 'SELECT 1' })));
    expect(fixture.api.statements().map(({ id }) => id)).toEqual([again.Id]);
  });
});
