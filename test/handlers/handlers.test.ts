import { loadFunction, SIGN_INS } from '../support/handler-environment';

const REQUEST = { connectionId: 'c1=', connectedAt: Date.now(), routeKey: '$default' };
const RUN = {
  run: 'r1',
  connectionId: 'c1=',
  connectedAt: Date.now(),
  opened: true,
  id: 'a',
  query: 'default',
  parameters: {},
  askedAt: Date.now(),
  expiresAt: 9e9,
  progress: { announced: true, page: { seq: 0, offset: 0 }, seq: 0, rows: 0, bytes: 0, timing: { fetchingMs: 0, pushingMs: 0 } },
};
const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };
const originalEnvironment = process.env;
let logged: string[];

beforeEach(() => {
  logged = [];
  jest.spyOn(console, 'log').mockImplementation((line) => void logged.push(line));
});

afterEach(() => {
  process.env = originalEnvironment;
  jest.restoreAllMocks();
});

function failing(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

function ask(parameters: object = { trip_month: '2015-01' }) {
  return { requestContext: REQUEST, body: JSON.stringify({ type: 'query', id: 'a', parameters }) };
}

function record(body: unknown) {
  return { messageId: 'm1', body: JSON.stringify(body), attributes: { ApproximateReceiveCount: '1' } };
}

function ended(statementName: string, statementId = 's1') {
  return record({ 'source': 'aws.redshift-data', 'detail-type': 'Redshift Data Statement Status Change', 'detail': { statementName, statementId, state: 'FINISHED' } });
}

function postsOf({ connections, PostToConnectionCommand }: ReturnType<typeof loadFunction>): any[] {
  return connections.commandCalls(PostToConnectionCommand).map(({ args: [{ input }] }) => JSON.parse(input.Data as unknown as string));
}

describe.each(SIGN_INS)('with $name', ({ environment, target }) => {
  function load(entry: string) {
    const loaded = loadFunction(entry, environment);
    return { ...loaded, posted: () => postsOf(loaded) };
  }

  test('OnMessage stores the query, accepts it, and starts the statement under the name of its record', async () => {
    const { handler, table, PutCommand, warehouse, ExecuteStatementCommand, posted } = load('on-message');
    expect(await handler(ask())).toEqual({ statusCode: 200 });
    const run = posted()[0].result;
    expect(posted()).toEqual([{ type: 'accepted', id: 'a', result: run, shared: false, cached: false }]);
    expect(table.commandCalls(PutCommand).map(({ args: [{ input }] }) => input.Item)).toMatchObject([
      { partitionKey: 'connection#c1=', sortKey: 'request#a', run },
      { partitionKey: `run#${run}`, sortKey: 'run', parameters: { trip_month: '2015-01' }, opened: true },
    ]);
    expect(warehouse.commandCalls(ExecuteStatementCommand).map(({ args: [{ input }] }) => input)).toEqual([{
      ...target,
      Sql: 'SELECT :trip_month',
      Parameters: [{ name: 'trip_month', value: '2015-01' }],
      StatementName: `Stack/c8/${run}`,
      WithEvent: true,
      ClientToken: run,
    }]);
  });

  test('OnConnect starts what the query string asks for, answers the subprotocol, and announces later', async () => {
    const { handler, warehouse, ExecuteStatementCommand, queue, SendMessageCommand, posted } = load('on-connect');
    const answer = await handler({
      requestContext: { ...REQUEST, routeKey: '$connect' },
      headers: { 'sec-websocket-protocol': 'other, redshift-query.v1' },
      queryStringParameters: { trip_month: '2015-01' },
    });
    expect(answer).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'redshift-query.v1' } });
    expect(warehouse.commandCalls(ExecuteStatementCommand)[0].args[0].input).toMatchObject({ ...target, Parameters: [{ value: '2015-01' }] });
    expect(queue.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => JSON.parse(input.MessageBody!))).toMatchObject([{ type: 'announce' }]);
    expect(posted()).toEqual([]);
  });

  test('SendMessage finds the record by the name of the statement, and posts every page', async () => {
    const { handler, table, warehouse, posted, ...sdk } = load('send-message');
    table.on(sdk.UpdateCommand).resolves({ Attributes: RUN });
    warehouse.on(sdk.DescribeStatementCommand).resolves({ Status: 'FINISHED', HasResultSet: true, Duration: 5e6 });
    warehouse.on(sdk.GetStatementResultCommand)
      .resolvesOnce({
        ColumnMetadata: [{ name: 'raw', label: 'value', typeName: 'varchar' }],
        Records: [[{ stringValue: '' }], [{ isNull: true }], [{ longValue: 1 }], [{ doubleValue: NaN }], [{ booleanValue: false }]],
        NextToken: 'more',
      })
      .resolves({ ColumnMetadata: [{ name: 'value', typeName: 'varchar' }], Records: [[{ blobValue: Uint8Array.of(1) }]], NextToken: '' });
    expect(await handler({ Records: [ended('Stack/c8/r1')] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(table.commandCalls(sdk.UpdateCommand)[0].args[0].input.Key).toEqual({ partitionKey: 'run#r1', sortKey: 'run' });
    expect(warehouse.commandCalls(sdk.GetStatementResultCommand).map(({ args: [{ input }] }) => input)).toEqual([{ Id: 's1' }, { Id: 's1', NextToken: 'more' }]);
    expect(posted()).toMatchObject([
      { seq: 0, columns: [{ name: 'value', type: 'varchar' }], rows: [[''], [null], [1], ['NaN'], [false]] },
      { seq: 1, rows: [['AQ==']] },
      { type: 'complete', rows: 6, timing: { runningMs: 5 } },
    ]);
    expect(table.commandCalls(sdk.DeleteCommand).map(({ args: [{ input }] }) => input.Key)).toEqual(expect.arrayContaining([
      { partitionKey: 'run#r1', sortKey: 'run' },
      { partitionKey: 'connection#c1=', sortKey: 'request#a' },
    ]));
  });
});

describe('on any cluster', () => {
  const { environment } = SIGN_INS[0];

  test('a query without parameters sends no list of them, which the Data API would refuse when empty, and SQL of the deployment is used', async () => {
    const { handler, warehouse, ExecuteStatementCommand } = loadFunction('on-message', environment);
    await handler({ requestContext: REQUEST, body: '{"type":"query","id":"a","query":"deployed"}' });
    expect(warehouse.commandCalls(ExecuteStatementCommand)[0].args[0].input).toMatchObject({ Sql: 'SELECT 1 FROM deployed', Parameters: undefined });
  });

  test.each(['ThrottlingException', 'ActiveStatementsExceededException', 'InternalServerException', 'TimeoutError'])('a start that meets %s waits in the queue', async (name) => {
    const { handler, warehouse, queue, ExecuteStatementCommand, SendMessageCommand } = loadFunction('on-message', environment);
    warehouse.on(ExecuteStatementCommand).rejects(failing(name));
    await handler(ask());
    const [{ args: [{ input }] }] = queue.commandCalls(SendMessageCommand);
    expect(input).toMatchObject({ QueueUrl: environment.QUEUE_URL, DelaySeconds: 1 });
    expect(JSON.parse(input.MessageBody!)).toMatchObject({ type: 'start', attempt: 2 });
  });

  test.each(['ValidationException', 'AccessDeniedException', 'ResourceNotFoundException'])('a start that meets %s ends in an error, and no log repeats a value', async (name) => {
    const { handler, warehouse, connections, ExecuteStatementCommand, PostToConnectionCommand } = loadFunction('on-message', environment);
    warehouse.on(ExecuteStatementCommand).rejects(failing(name, name === 'ValidationException' ? 'value 2015-01 is bad' : 'no'));
    await handler(ask());
    expect(connections.commandCalls(PostToConnectionCommand).map(({ args: [{ input }] }) => JSON.parse(input.Data as unknown as string)))
      .toMatchObject([{ type: 'accepted' }, { type: 'error', code: 'start_refused' }]);
    expect(logged.join()).toContain(name);
    expect(logged.join()).not.toContain('2015-01');
  });

  test('an id that the table already has is refused', async () => {
    const { handler, table, connections, PutCommand, PostToConnectionCommand } = loadFunction('on-message', environment);
    table.on(PutCommand).rejects(failing('ConditionalCheckFailedException'));
    await handler(ask());
    expect(JSON.parse(connections.commandCalls(PostToConnectionCommand)[0].args[0].input.Data as unknown as string)).toMatchObject({ code: 'id_in_use', id: 'a' });
  });

  test('a connection that is gone has its records removed', async () => {
    const { handler, table, warehouse, connections, ...sdk } = loadFunction('send-message', environment);
    table.on(sdk.UpdateCommand).resolves({ Attributes: RUN });
    table.on(sdk.QueryCommand).resolves({ Items: [{ id: 'b', run: 'r2' }] });
    warehouse.on(sdk.DescribeStatementCommand).resolves({ Status: 'FAILED', Error: 'ERROR: no' });
    connections.on(sdk.PostToConnectionCommand).rejects(failing('GoneException'));
    expect(await handler({ Records: [ended('Stack/c8/r1')] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    const removed = table.commandCalls(sdk.DeleteCommand).map(({ args: [{ input }] }) => `${input.Key!.partitionKey} ${input.Key!.sortKey}`);
    expect(new Set(removed)).toEqual(new Set(['run#r1 run', 'connection#c1= request#a', 'run#r2 run', 'connection#c1= request#b']));
  });

  test('a record that is gone, or expired, is nobody waiting', async () => {
    const { handler, table, warehouse, ...sdk } = loadFunction('send-message', environment);
    table.on(sdk.UpdateCommand).rejects(failing('ConditionalCheckFailedException'));
    table.on(sdk.GetCommand).resolvesOnce({}).resolves({ Item: { ...RUN, expiresAt: 1 } });
    await handler({ Records: [ended('Stack/c8/r1')] }, CONTEXT);
    await handler({ Records: [ended('Stack/c8/r1')] }, CONTEXT);
    expect(table.commandCalls(sdk.GetCommand)[0].args[0].input).toMatchObject({ ConsistentRead: true });
    expect(warehouse.calls()).toHaveLength(0);
    expect(logged.map((line) => JSON.parse(line).notice)).toEqual(['nobody waits', 'nobody waits']);
  });

  test('of a batch only what failed is repeated', async () => {
    const { handler, table, warehouse, ...sdk } = loadFunction('send-message', environment);
    table.on(sdk.UpdateCommand).resolves({ Attributes: RUN });
    warehouse.on(sdk.DescribeStatementCommand).resolves({ Status: 'ABORTED' }).on(sdk.DescribeStatementCommand, { Id: 'bad' }).rejects(failing('Surprise'));
    const records = [ended('Stack/c8/r1'), { ...ended('Stack/c8/r2', 'bad'), messageId: 'm2' }, { ...record('{'), body: '{', messageId: 'm3' }];
    expect(await handler({ Records: records }, CONTEXT)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }, { itemIdentifier: 'm3' }] });
  });

  test('OnDisconnect removes every record of the connection', async () => {
    const { handler, table, QueryCommand, DeleteCommand } = loadFunction('on-disconnect', environment);
    table.on(QueryCommand)
      .resolvesOnce({ Items: [{ id: 'a', run: 'r1' }], LastEvaluatedKey: { partitionKey: 'x' } })
      .resolves({ Items: [{ id: 'b', run: 'r2' }] });
    expect(await handler({ requestContext: REQUEST })).toEqual({ statusCode: 200 });
    expect(table.commandCalls(DeleteCommand)).toHaveLength(4);
  });

  test('a setting that is missing is named', () => {
    expect(() => loadFunction('on-message', { ...environment, TABLE_NAME: '' })).toThrow('the environment variable TABLE_NAME is not set');
  });
});
