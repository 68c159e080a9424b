import {
  BatchExecuteStatementCommand, CancelStatementCommand, DescribeStatementCommand, ExecuteStatementCommand, ExecuteStatementCommandInput,
  GetStatementResultCommand, GetStatementResultV2Command, ListStatementsCommand, ListTablesCommand, ResourceNotFoundException, ValidationException,
} from '@aws-sdk/client-redshift-data';
import { DataApiFixture, executeInput, HandEngine, stringRows, until } from './data-api-fixture';
import { RedshiftDataLimits } from '../../../local/redshift/data-api/limits';

let engine: HandEngine;
let fixture: DataApiFixture;
let time: number;
const DAY = 24 * 3600 * 1000;

async function start(limits: Partial<RedshiftDataLimits> = {}): Promise<void> {
  engine = new HandEngine();
  time = Date.UTC(2026, 0, 1);
  fixture = await DataApiFixture.start({ engine, limits, clock: () => time });
}
afterEach(async () => fixture.close());

/** Starts a statement and waits until the engine has it. */
async function execute(sql = 'SELECT 1', more: Partial<ExecuteStatementCommandInput> = {}): Promise<string> {
  const place = engine.running.length;
  const { Id } = await fixture.starter.send(new ExecuteStatementCommand(executeInput(sql, more)));
  await until(() => engine.running.length > place);
  return Id!;
}

/** Runs a statement to its end. */
async function finished(sql = 'SELECT 1', more: Partial<ExecuteStatementCommandInput> = {}): Promise<string> {
  const id = await execute(sql, more);
  engine.running.at(-1)!.finish();
  await until(() => statement(id)?.status === 'FINISHED');
  return id;
}

function statement(id: string) {
  return fixture.api.statements().find((candidate) => candidate.id === id);
}

describe('input', () => {
  const invalidInputs: ReadonlyArray<readonly [name: string, input: Record<string, unknown>, reason: string]> = [
    ['no SQL', { Sql: undefined }, "Value at 'Sql'"],
    ['empty SQL', { Sql: ' ' }, 'Sql must not be empty'],
    ['no cluster and no workgroup', { ClusterIdentifier: undefined }, 'Specify either ClusterIdentifier or WorkgroupName'],
    ['a cluster and a workgroup', { WorkgroupName: 'default', DbUser: undefined }, 'Specify either ClusterIdentifier or WorkgroupName'],
    ['a database user with a workgroup', { ClusterIdentifier: undefined, WorkgroupName: 'default' }, 'DbUser can\'t be combined with WorkgroupName'],
    ['a database user with a secret', { SecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:s' }, 'DbUser can\'t be combined with SecretArn'],
    ['no database', { Database: undefined }, 'Database is required'],
    ['an upper-case cluster', { ClusterIdentifier: 'Analytics' }, "Value at 'ClusterIdentifier'"],
    ['an empty list of parameters', { Parameters: [] }, "Value at 'Parameters'"],
    ['an empty value', { Parameters: [{ name: 'a', value: '' }] }, "Value at 'Parameters.1.value'"],
    ['a value that is no string', { Parameters: [{ name: 'a', value: 5 }] }, "Value at 'Parameters.1.value'"],
    ['a name with a hyphen', { Parameters: [{ name: 'a-b', value: '1' }] }, "Value at 'Parameters.1.name'"],
    ['too long a statement name', { StatementName: 'n'.repeat(2049) }, "Value at 'StatementName'"],
    ['too long a client token', { ClientToken: 't'.repeat(65) }, "Value at 'ClientToken'"],
    ['a wait of 0 seconds', { WaitTimeSeconds: 0 }, "Value at 'WaitTimeSeconds'"],
    ['a wait of a fraction of a second', { WaitTimeSeconds: 1.5 }, "Value at 'WaitTimeSeconds'"],
    ['too long a wait', { WaitTimeSeconds: 31 }, "Value at 'WaitTimeSeconds'"],
    ['an unused parameter', { Parameters: [{ name: 'a', value: '1' }] }, 'Parameters list contains unused parameters'],
    ['a parameter whose placeholders are in quotes and comments', { Sql: "SELECT ':a', \":a\" -- :a", Parameters: [{ name: 'a', value: '1' }] },
      'Parameters list contains unused parameters'],
    ['two statements', { Sql: 'SELECT 1; SELECT 2' }, 'Sql must contain a single statement'],
    ['too much SQL', { Sql: `SELECT '${'é'.repeat(60000)}'` }, 'Sql must have at most 102400 bytes'],
    ['a session', { SessionKeepAliveSeconds: 60 }, 'SessionKeepAliveSeconds is not supported'],
    ['results as CSV', { ResultFormat: 'CSV' }, 'ResultFormat CSV is not supported'],
  ];
  it.each(invalidInputs)('is rejected when it has %s', async (_name, input, reason) => {
    await start();
    const error = await fixture.starter.send(new ExecuteStatementCommand({ ...executeInput('SELECT 1'), ...input } as ExecuteStatementCommandInput))
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ValidationException);
    expect(error.message).toContain(reason);
    expect(fixture.api.statements()).toEqual([]);
  });

  it('is rejected when it has an unknown member, and the error contains no parameter value', async () => {
    await start();
    const post = async (body: unknown, target = 'RedshiftData.ExecuteStatement') => (await fetch(fixture.api.endpoint, {
      method: 'POST', headers: { 'X-Amz-Target': target, 'Authorization': 'AWS4-HMAC-SHA256 Credential=STARTER/x' }, body: JSON.stringify(body),
    })).json() as Promise<{ __type: string; message: string }>;
    expect(await post({ ...executeInput('SELECT 1'), Colour: 'red' })).toMatchObject({ __type: 'ValidationException', message: expect.stringContaining("'Colour'") });
    expect((await post({ ...executeInput('SELECT 1'), Parameters: [{ name: 'a', value: 5 }, { name: 'b c', value: 'private' }] })).message).not.toContain('private');
    expect(await post({}, 'DynamoDB_20120810.GetItem')).toMatchObject({ __type: 'UnknownOperationException' });
  });

  it('is rejected by name when the operation isn\'t supported', async () => {
    await start();
    await expect(fixture.starter.send(new BatchExecuteStatementCommand({ Sqls: ['SELECT 1'] }))).rejects.toThrow('BatchExecuteStatement is not supported');
    await expect(fixture.starter.send(new GetStatementResultV2Command({ Id: 'x' }))).rejects.toThrow('GetStatementResultV2 is not supported');
    await expect(fixture.starter.send(new ListTablesCommand({ Database: 'dev' }))).rejects.toThrow('ListTables is not supported');
  });

  it('is rejected when the access key is unknown', async () => {
    await start();
    await expect(fixture.client('NOBODY').send(new ListStatementsCommand({}))).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });
});

describe('statement', () => {
  it('goes from STARTED to FINISHED', async () => {
    await start();
    const response = await fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 1')));
    expect(response).toMatchObject({ DbUser: 'awsuser', ClusterIdentifier: 'analytics' });
    await until(() => engine.running.length === 1);
    const { Id } = response;
    expect(await fixture.starter.send(new DescribeStatementCommand({ Id }))).toMatchObject({ Status: 'STARTED', HasResultSet: false, ResultRows: -1 });
    await expect(fixture.starter.send(new GetStatementResultCommand({ Id }))).rejects.toBeInstanceOf(ResourceNotFoundException);
    engine.running[0].finish();
    await until(() => statement(Id!)?.status === 'FINISHED');
    expect(await fixture.starter.send(new DescribeStatementCommand({ Id }))).toMatchObject({ Status: 'FINISHED', HasResultSet: true, ResultRows: 1 });
  });

  it('on a workgroup runs as the caller\'s role', async () => {
    await start();
    const id = await execute('SELECT 1', { ClusterIdentifier: undefined, DbUser: undefined, WorkgroupName: 'default', WithEvent: true });
    engine.running[0].finish();
    await until(() => fixture.events.length === 1);
    expect(await fixture.starter.send(new DescribeStatementCommand({ Id: id }))).toMatchObject({ DbUser: 'IAMR:Queries', WorkgroupName: 'default' });
    expect(fixture.events[0].detail).toMatchObject({ workgroupName: 'default', statementId: id });
    expect(fixture.events[0].detail).not.toHaveProperty('clusterId');
  });

  it('belongs to all sessions of its role', async () => {
    await start();
    const Id = await finished();
    expect((await fixture.client('SENDER').send(new GetStatementResultCommand({ Id }))).Records).toHaveLength(1);
    const otherRole = fixture.client('OTHER_ROLE');
    for (const command of [new DescribeStatementCommand({ Id }), new GetStatementResultCommand({ Id }), new CancelStatementCommand({ Id })]) {
      await expect(otherRole.send(command as DescribeStatementCommand)).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'Query does not exist.' });
    }
  });

  it('is listed for its role or its session', async () => {
    await start();
    const ids = [await finished('SELECT 1', { StatementName: 'a/1' }), await execute('SELECT 2', { StatementName: 'b/1' })];
    const list = async (caller: string, input = {}) =>
      (await fixture.client(caller).send(new ListStatementsCommand(input))).Statements!.map(({ Id }) => Id);
    expect(await list('STARTER', { Status: 'ALL' })).toEqual([ids[1], ids[0]]);
    expect(await list('STARTER', { StatementName: 'a/', Status: 'FINISHED' })).toEqual([ids[0]]);
    expect(await list('SENDER', { RoleLevel: false })).toEqual([]);
    time += 1000;
    expect(await list('SENDER')).toEqual([ids[1], ids[0]]);
    expect(await list('OTHER_ROLE')).toEqual([]);
  });

  it('runs once when requests have the same client token', async () => {
    await start();
    const first = await execute('SELECT 1', { ClientToken: 'token' });
    const again = await fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 1', { ClientToken: 'token' })));
    expect(again.Id).toBe(first);
    await expect(fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 2', { ClientToken: 'token' })))).rejects.toThrow('ClientToken was already used');
    const otherRole = await fixture.client('OTHER_ROLE').send(new ExecuteStatementCommand(executeInput('SELECT 1', { ClientToken: 'token' })));
    expect(otherRole.Id).not.toBe(first);
    time += 8 * 3600 * 1000;
    expect(await execute('SELECT 1', { ClientToken: 'token' })).not.toBe(first);
  });

  it('expires after 24 hours', async () => {
    await start();
    const Id = await finished();
    time += DAY - 1;
    expect((await fixture.starter.send(new GetStatementResultCommand({ Id }))).Records).toHaveLength(1);
    time += 1;
    await expect(fixture.starter.send(new GetStatementResultCommand({ Id }))).rejects.toThrow('Query does not exist.');
  });

  it('stays ABORTED when the database returns after it is canceled', async () => {
    await start();
    const Id = await execute('SELECT 1', { WithEvent: true });
    await fixture.starter.send(new CancelStatementCommand({ Id }));
    engine.running[0].finish();
    await statement(Id)!.ended;
    expect(statement(Id)!.status).toBe('ABORTED');
    expect(fixture.events.map(({ detail }) => detail.state)).toEqual(['ABORTED']);
  });

  it('is ABORTED when it exceeds the maximum duration', async () => {
    await start({ statementMilliseconds: 20 });
    const Id = await execute();
    await until(() => statement(Id)!.status === 'ABORTED');
    expect(await fixture.starter.send(new DescribeStatementCommand({ Id }))).toMatchObject({ Error: 'Query timed out' });
  });

  it('fails when the result or a row is too large', async () => {
    await start({ resultBytes: 100000 });
    const long = await execute();
    engine.running[0].finish(stringRows(['x'.repeat(65 * 1024)]));
    const large = await execute();
    engine.running[1].finish(stringRows(Array.from({ length: 11 }, () => 'x'.repeat(10000))));
    await until(() => [long, large].every((id) => statement(id)!.status === 'FAILED'));
    expect(statement(long)!.error).toContain('a row of the result exceeds the limit of the Data API: 65536 bytes');
    expect(statement(large)!.error).toContain('the result exceeds the limit of the Data API: 100000 bytes');
  });
});

describe('rates', () => {
  it.each([
    ['DescribeStatement', 100, () => new DescribeStatementCommand({ Id: '00000000-0000-0000-0000-000000000000' })],
    ['GetStatementResult', 20, () => new GetStatementResultCommand({ Id: '00000000-0000-0000-0000-000000000000' })],
    ['CancelStatement', 3, () => new CancelStatementCommand({ Id: '00000000-0000-0000-0000-000000000000' })],
    ['ListStatements', 3, () => new ListStatementsCommand({})],
    ['ExecuteStatement', 30, () => new ExecuteStatementCommand(executeInput('SELECT 1'))],
  ])('%s is throttled above %i requests per second', async (_name, rate, command) => {
    await start();
    const names = async (requests: number) => {
      const outcomes = await Promise.all(Array.from({ length: requests }, () => fixture.starter.send(command() as ListStatementsCommand).then(() => 'fine', ({ name }) => name)));
      return outcomes.filter((name) => name === 'ThrottlingException').length;
    };
    expect(await names(rate)).toBe(0);
    expect(await names(1)).toBe(1);
    time += 1000;
    expect(await names(rate + 1)).toBe(1);
  });

  it('ExecuteStatement is rejected when too many statements are active', async () => {
    await start({ activeStatements: 2 });
    await execute();
    await execute();
    await expect(fixture.starter.send(new ExecuteStatementCommand(executeInput('SELECT 3')))).rejects.toMatchObject({ name: 'ActiveStatementsExceededException' });
    engine.running[0].finish();
    await until(() => fixture.api.statements().some(({ status }) => status === 'FINISHED'));
    await execute();
  });
});
