import { gunzipSync } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../local/aws';
import { startDynalite } from '../../local/aws/dynamodb/start-dynalite';
import type { RowsMessage } from '../../src/protocol/messages';
import { CALLER_ENVIRONMENT, loadFunction, STATEMENT_TARGETS, TABLE_ENVIRONMENT } from '../support/handler-environment';
import { incompressible } from '../support/incompressible';
import { ObjectServer } from '../support/local/object-server';
import { createTable, documentClient } from '../support/local/table-emulator';
import { recordSent } from '../support/valid-messages';

const REQUEST = { connectionId: 'c1=', connectedAt: Date.now(), requestTimeEpoch: Date.now(), routeKey: '$default' };
const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };
const [{ environment }] = STATEMENT_TARGETS;
const FINISHED = { Status: 'FINISHED', HasResultSet: true, Duration: 5e6 } as const;
const ONE_ROW = { ColumnMetadata: [{ name: 'value', typeName: 'varchar' }], Records: [[{ stringValue: 'x' }]] };

const originalEnvironment = process.env;
let emulator: RunningService;
let documents: DynamoDBDocumentClient;
let objects: ObjectServer;
let tables = 0;
let services: Record<string, string>;
let logged: string[];

beforeAll(async () => {
  emulator = await startDynalite();
  objects = await ObjectServer.start();
  documents = documentClient(emulator.endpoint);
});

afterAll(async () => {
  documents.destroy();
  await objects.close();
  await emulator.close();
});

beforeEach(async () => {
  const TABLE_NAME = `table-${tables += 1}`;
  await createTable(documents, TABLE_NAME);
  services = { TABLE_NAME, AWS_ENDPOINT_URL_DYNAMODB: emulator.endpoint, AWS_ENDPOINT_URL_S3: objects.endpoint };
  logged = [];
  jest.spyOn(console, 'log').mockImplementation((line) => void logged.push(line));
});

afterEach(() => {
  process.env = originalEnvironment;
  jest.restoreAllMocks();
});

/** A function on the table and the bucket of the test, with its calls to the other services. */
function load(entry: string, variables: Record<string, string> = environment) {
  const loaded = loadFunction(entry, { ...variables, ...services });
  const { connections, PostToConnectionCommand, queue, SendMessageCommand, statementApi, ExecuteStatementCommand } = loaded;
  const inputs = () => queue.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input);
  const sentTo = (queueUrl: string) => inputs().filter(({ QueueUrl }) => QueueUrl === queueUrl);
  return {
    ...loaded,
    posted: (): any[] => connections.commandCalls(PostToConnectionCommand).map(({ args: [{ input }] }) => {
      recordSent(String(input.Data));
      return JSON.parse(String(input.Data));
    }),
    started: () => statementApi.commandCalls(ExecuteStatementCommand).map(({ args: [{ input }] }) => input),
    sent: () => sentTo(variables.QUEUE_URL).map((input) => {
      return { queueUrl: input.QueueUrl, delaySeconds: input.DelaySeconds, job: JSON.parse(input.MessageBody!) };
    }),
    deadLetters: () => sentTo(variables.DEAD_LETTER_QUEUE_URL).map(({ MessageBody }) => MessageBody),
  };
}

/** Submits a query in a message, and returns its result. */
async function ask({ handler, posted }: Pick<ReturnType<typeof load>, 'handler' | 'posted'> = load('on-message'), message: object = {}): Promise<string> {
  const body = JSON.stringify({ type: 'query', id: 'a', parameters: { trip_month: '2015-01' }, ...message });
  expect(await handler({ requestContext: REQUEST, body }, CONTEXT)).toEqual({ statusCode: 200 });
  return posted().filter(({ type }) => type === 'accepted').at(-1)?.result;
}

async function storedKeys(): Promise<string[]> {
  const { Items = [] } = await documents.send(new ScanCommand({ TableName: services.TABLE_NAME }));
  return Items.map(({ partitionKey, sortKey }) => `${partitionKey} ${sortKey}`).sort();
}

/** By default a message that throttled invocations have received often. */
function record(body: string, messageId = 'm1', receiveCount = 500) {
  return { messageId, body, attributes: { ApproximateReceiveCount: String(receiveCount) } };
}

/** What the rule puts into the queue when the statement of a run has ended. */
function ended(run: string, statementId = 's1'): string {
  return JSON.stringify({
    'source': 'aws.redshift-data',
    'detail-type': 'Redshift Data Statement Status Change',
    'detail': { statementName: `Stack/c8/${run}`, statementId, state: 'FINISHED' },
  });
}

function failing(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

describe.each(STATEMENT_TARGETS)('the handlers with $name', ({ environment: variables, target }) => {
  test('OnMessage stores the query, accepts it, and starts the statement with the name of its run', async () => {
    const onMessage = load('on-message', variables);
    const run = await ask(onMessage);
    expect(onMessage.posted()).toEqual([{ type: 'accepted', id: 'a', result: run, shared: false, cached: false, limits: { timeLimitMs: 900_000 } }]);
    expect(await storedKeys()).toEqual([
      expect.stringMatching(/^cache#\S+ run$/),
      'connection#c1= request#a',
      expect.stringMatching(new RegExp(`^run#${run} request#\\S+$`)),
      `run#${run} run`,
    ]);
    expect(onMessage.started()).toEqual([{
      ...target,
      Sql: 'SELECT :trip_month',
      Parameters: [{ name: 'trip_month', value: '2015-01' }],
      StatementName: `Stack/c8/${run}`,
      WithEvent: true,
      ClientToken: run,
    }]);
  });

  test('OnConnect starts the query in the query string, selects the subprotocol, and queues the accepted message', async () => {
    const onConnect = load('on-connect', variables);
    const answer = await onConnect.handler({
      requestContext: { ...REQUEST, routeKey: '$connect' },
      headers: { 'sec-websocket-protocol': 'other, redshift-query.v1' },
      queryStringParameters: { trip_month: '2015-01' },
    }, CONTEXT);
    expect(answer).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'redshift-query.v1' } });
    expect(onConnect.started()).toMatchObject([{ ...target, Parameters: [{ value: '2015-01' }] }]);
    expect(onConnect.sent()).toContainEqual({
      queueUrl: variables.QUEUE_URL,
      delaySeconds: 0,
      job: { type: 'request', connectionId: 'c1=', id: 'connect', request: expect.any(String), attempt: 1 },
    });
    expect(onConnect.posted()).toEqual([]);
  });

  test('SendMessage finds the run by the name of the statement, posts every page, and removes the request', async () => {
    const run = await ask(load('on-message', variables));
    const { handler, statementApi, posted, ...sdk } = load('send-message', variables);
    statementApi.on(sdk.DescribeStatementCommand).resolves(FINISHED);
    statementApi.on(sdk.GetStatementResultCommand)
      .resolvesOnce({
        ColumnMetadata: [{ name: 'raw', label: 'value', typeName: 'varchar' }],
        Records: [[{ stringValue: '' }], [{ isNull: true }], [{ longValue: 1 }], [{ doubleValue: NaN }], [{ booleanValue: false }]],
        NextToken: 'more',
      })
      .resolves({ ColumnMetadata: [{ name: 'value', typeName: 'varchar' }], Records: [[{ blobValue: Uint8Array.of(1) }]], NextToken: '' });
    expect(await handler({ Records: [record(ended(run))] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(statementApi.commandCalls(sdk.GetStatementResultCommand).map(({ args: [{ input }] }) => input)).toEqual([{ Id: 's1' }, { Id: 's1', NextToken: 'more' }]);
    expect(posted()).toMatchObject([
      { type: 'rows', result: run, seq: 0, columns: [{ name: 'value', type: 'varchar' }], rows: [[''], [null], [1], ['NaN'], [false], ['AQ==']] },
      { type: 'complete', result: run, rows: 6, timing: { runningMs: 5 } },
    ]);
    const keys = await storedKeys();
    expect(keys.filter((key) => key.includes('request#'))).toEqual([]);
    expect(keys).toContain(`run#${run} run`);
  });
});

describe('the handlers', () => {
  test('OnMessage omits the list of parameters, which the Data API rejects when empty, for a query with SQL from the deployment', async () => {
    const onMessage = load('on-message');
    await ask(onMessage, { query: 'deployed', parameters: undefined });
    expect(onMessage.started()).toMatchObject([{ Sql: 'SELECT 1 FROM deployed', Parameters: undefined }]);
  });

  test.each<[string, object, string, [string, string][]]>([
    ['a list', { name: 'x', zones: ['a', '', 'b'] }, "SELECT :name WHERE zone IN (:zones_1, '', :zones_3)", [['name', 'x'], ['zones_1', 'a'], ['zones_3', 'b']]],
    ['NULL', { name: null, zones: ['a'] }, 'SELECT NULL WHERE zone IN (:zones_1)', [['zones_1', 'a']]],
    ['only empty strings', { name: '', zones: [''] }, "SELECT '' WHERE zone IN ('')", []],
  ])('OnMessage and SendMessage start the same statement for a query request with %s', async (_, parameters, Sql, values) => {
    const expected = { Sql, Parameters: values.length === 0 ? undefined : values.map(([name, value]) => ({ name, value })) };
    const onMessage = load('on-message');
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).rejects(failing('ThrottlingException'));
    const run = await ask(onMessage, { query: 'listed', parameters });
    expect(onMessage.started().at(-1)).toMatchObject(expected);
    const sendMessage = load('send-message');
    await sendMessage.handler({ Records: [record(JSON.stringify({ type: 'run', run, attempt: 2 }))] }, CONTEXT);
    expect(sendMessage.started()).toMatchObject([expected]);
  });

  test('OnConnect reads a list from the multi-value query string parameters when a key is repeated', async () => {
    const onConnect = load('on-connect');
    await onConnect.handler({
      requestContext: { ...REQUEST, routeKey: '$connect' },
      queryStringParameters: { query: 'listed', zones: 'b' },
      multiValueQueryStringParameters: { query: ['listed'], zones: ['a', 'b'] },
    }, CONTEXT);
    expect(onConnect.started()).toMatchObject([{ Parameters: [{ value: 'a' }, { value: 'b' }] }]);
  });

  test.each([
    'ThrottlingException',
    'ActiveStatementsExceededException',
    'InternalServerException',
    'TimeoutError',
  ])('OnMessage queues the start and sends progress when the Data API throws %s', async (name) => {
    const onMessage = load('on-message');
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).rejects(failing(name));
    const run = await ask(onMessage);
    expect(onMessage.sent()).toContainEqual({ queueUrl: environment.QUEUE_URL, delaySeconds: 1, job: { type: 'run', run, attempt: 2 } });
    expect(onMessage.posted()).toMatchObject([{ type: 'accepted' }, { type: 'progress', result: run, state: 'waiting' }]);
  });

  test.each([
    'ValidationException',
    'AccessDeniedException',
    'ResourceNotFoundException',
  ])('SendMessage sends an error and logs no value when the Data API throws %s', async (name) => {
    const onMessage = load('on-message');
    const refusal = failing(name, name === 'ValidationException' ? 'value 2015-01 is bad' : 'no');
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).rejects(refusal);
    const run = await ask(onMessage);
    const sendMessage = load('send-message');
    sendMessage.statementApi.on(sendMessage.ExecuteStatementCommand).rejects(refusal);
    await sendMessage.handler({ Records: [record(JSON.stringify({ type: 'run', run, attempt: 2 }))] }, CONTEXT);
    expect(sendMessage.posted()).toMatchObject([{ type: 'error', code: 'start_refused', result: run }]);
    expect(logged.join()).toContain(name);
    expect(logged.join()).not.toContain('2015-01');
  });

  test('OnMessage rejects an id that is in use', async () => {
    await ask();
    const onMessage = load('on-message');
    await ask(onMessage);
    expect(onMessage.posted()).toMatchObject([{ type: 'error', code: 'id_in_use', id: 'a' }]);
  });

  test('OnMessage rejects a query that exceeds the limit of the connection, with the limit in the error', async () => {
    const onMessage = load('on-message', { ...environment, MAX_QUERIES_PER_CONNECTION: '1' });
    await ask(onMessage);
    const jobs = onMessage.sent().length;
    await ask(onMessage, { id: 'b' });
    expect(onMessage.posted().at(-1)).toMatchObject({ type: 'error', code: 'too_many_queries', id: 'b', limit: 1 });
    expect(onMessage.sent()).toHaveLength(jobs);
  });

  test('SendMessage removes the request of a connection that is gone', async () => {
    const run = await ask();
    const { handler, statementApi, connections, ...sdk } = load('send-message');
    statementApi.on(sdk.DescribeStatementCommand).resolves({ Status: 'FAILED', Error: 'ERROR: no' });
    connections.on(sdk.PostToConnectionCommand).rejects(failing('GoneException'));
    expect(await handler({ Records: [record(ended(run))] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect((await storedKeys()).filter((key) => key.includes('request#'))).toEqual([]);
  });

  test('SendMessage ignores the end of a statement without a stored run', async () => {
    const { handler, statementApi, posted } = load('send-message');
    expect(await handler({ Records: [record(ended('r1'))] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(statementApi.calls()).toEqual([]);
    expect(posted()).toEqual([]);
  });

  test('SendMessage reads a result that is too large for the table from the bucket when it is resumed', async () => {
    const run = await ask();
    const values = Array.from({ length: 20 }, (_, row) => incompressible(20_000, row));
    const sendMessage = load('send-message');
    const { statementApi } = sendMessage;
    statementApi.on(sendMessage.DescribeStatementCommand).resolves(FINISHED);
    statementApi.on(sendMessage.GetStatementResultCommand).resolves({ ...ONE_ROW, Records: values.map((stringValue) => [{ stringValue }]) });
    await sendMessage.handler({ Records: [record(ended(run))] }, CONTEXT);
    expect([...objects.objects.keys()]).toEqual([expect.stringMatching(`^/results/${run}/0000000000/`)]);
    const resumed = load('on-message');
    await ask(resumed, { type: 'resume', id: 'b', result: run, after: 18, parameters: undefined });
    const late = load('send-message');
    await late.handler({ Records: [record(JSON.stringify(resumed.sent().find(({ delaySeconds }) => delaySeconds === 0)!.job))] }, CONTEXT);
    expect(late.statementApi.calls()).toEqual([]);
    expect(late.posted()).toMatchObject([{ type: 'rows', seq: 19, rows: [[values[19]]] }, { type: 'complete', rows: 20 }]);
  });

  test('SendMessage posts compressed rows to a client that offers gzip', async () => {
    const run = await ask(undefined, { options: { encodings: ['gzip'] } });
    const { handler, statementApi, posted, DescribeStatementCommand, GetStatementResultCommand } = load('send-message');
    statementApi.on(DescribeStatementCommand).resolves(FINISHED);
    statementApi.on(GetStatementResultCommand).resolves({ ...ONE_ROW, Records: Array(5).fill([{ stringValue: 'x'.repeat(20_000) }]) });
    await handler({ Records: [record(ended(run))] }, CONTEXT);
    const [packed, complete] = posted();
    expect(packed).toMatchObject({ type: 'rows', result: run, seq: 0, offset: 0, messages: 5, encoding: 'gzip' });
    expect(JSON.parse(gunzipSync(Buffer.from(packed.data, 'base64')).toString()).map(({ seq }: RowsMessage) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(complete).toMatchObject({ type: 'complete', messages: 5, rows: 5, truncated: false });
  });

  it('SendMessage cancels a statement when its only client has disconnected and the grace period is over', async () => {
    const onMessage = load('on-message');
    const run = await ask(onMessage);
    const check = onMessage.sent().find(({ job }) => job.type === 'run')!;
    const onDisconnect = load('on-disconnect', TABLE_ENVIRONMENT);
    expect(await onDisconnect.handler({ requestContext: REQUEST })).toEqual({ statusCode: 200 });
    const [departure] = onDisconnect.sent();
    const { handler, statementApi, CancelStatementCommand, DescribeStatementCommand } = load('send-message');
    statementApi.on(DescribeStatementCommand).resolves({ Status: 'STARTED' });
    statementApi.on(CancelStatementCommand).resolves({ Status: true });
    const canceled = () => statementApi.commandCalls(CancelStatementCommand).map(({ args: [{ input }] }) => input);
    await handler({ Records: [record(JSON.stringify(departure.job))] }, CONTEXT);
    expect(canceled()).toEqual([]);
    const afterGracePeriod = Date.now() + 91_000;
    jest.spyOn(Date, 'now').mockImplementation(() => afterGracePeriod);
    await handler({ Records: [record(JSON.stringify(check.job))] }, CONTEXT);
    expect(canceled()).toEqual([{ Id: 's1' }]);
    expect(await storedKeys()).not.toContain(`run#${run} run`);
  });

  test('OnDisconnect removes every request of its connection, and none of other connections', async () => {
    const onMessage = load('on-message');
    await ask(onMessage);
    await ask(onMessage, { id: 'b', parameters: { trip_month: '2015-02' } });
    await onMessage.handler({ requestContext: { ...REQUEST, connectionId: 'c2=' }, body: '{"type":"query","id":"a","query":"deployed"}' }, CONTEXT);
    const onDisconnect = load('on-disconnect', TABLE_ENVIRONMENT);
    await onDisconnect.handler({ requestContext: REQUEST });
    const rest = (await storedKeys()).filter((key) => key.includes('request#'));
    expect(rest).toEqual(['connection#c2= request#a', expect.stringMatching(/^run#\S+ request#\S+$/)]);
    expect(onDisconnect.sent()).toMatchObject([{ job: { type: 'run', departure: 'left' } }, { job: { type: 'run', departure: 'left' } }]);
  });

  test('SendMessage retries only the failed jobs of a batch, and sends unreadable messages to the dead-letter queue', async () => {
    const onMessage = load('on-message');
    const good = await ask(onMessage);
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).resolves({ Id: 'bad' });
    const bad = await ask(onMessage, { id: 'b', parameters: { trip_month: '2015-02' } });
    const { handler, statementApi, ...sdk } = load('send-message');
    statementApi.on(sdk.DescribeStatementCommand).resolves({ Status: 'ABORTED' });
    statementApi.on(sdk.DescribeStatementCommand, { Id: 'bad' }).rejects(failing('Surprise'));
    const Records = [record(ended(good), 'm1'), record(ended(bad, 'bad'), 'm2'), record('secret', 'm3')];
    expect(await handler({ Records }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(sdk.sent().filter(({ job }) => job.failures !== undefined)).toEqual([
      { queueUrl: environment.QUEUE_URL, delaySeconds: 2, job: { type: 'run', run: bad, statementId: 'bad', attempt: 1, failures: 1 } },
    ]);
    expect(sdk.deadLetters()).toEqual(['secret']);
    expect(logged.join()).toContain('message_unreadable');
    expect(logged.join()).not.toContain('secret');
  });

  test('SendMessage sends a job to the dead-letter queue and an error to the client when the job has failed five times', async () => {
    const run = await ask();
    const { handler, statementApi, posted, sent, deadLetters, DescribeStatementCommand } = load('send-message');
    statementApi.on(DescribeStatementCommand).rejects(failing('Surprise'));
    const job = { type: 'run', run, statementId: 's1', attempt: 1 };
    await handler({ Records: [record(JSON.stringify({ ...job, failures: 3 }))] }, CONTEXT);
    expect([deadLetters(), posted()]).toEqual([[], []]);
    await handler({ Records: [record(JSON.stringify({ ...job, failures: 4 }))] }, CONTEXT);
    expect([deadLetters(), posted()]).toEqual([[JSON.stringify(job)], []]);
    await handler({ Records: [record(JSON.stringify(sent().at(-1)!.job))] }, CONTEXT);
    expect(posted()).toMatchObject([{ type: 'error', result: run, code: 'internal' }]);
    expect(deadLetters()).toHaveLength(1);
  });

  test('SendMessage reports a batch item failure when it cannot queue the retry', async () => {
    const run = await ask();
    const { handler, statementApi, queue, DescribeStatementCommand, SendMessageCommand } = load('send-message');
    statementApi.on(DescribeStatementCommand).rejects(failing('Surprise'));
    queue.on(SendMessageCommand).rejects(failing('Surprise'));
    expect(await handler({ Records: [record(ended(run))] }, CONTEXT)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  });

  test('SendMessage drops a message that cannot be posted, without a dead letter', async () => {
    const { handler, connections, sent, deadLetters, PostToConnectionCommand } = load('send-message');
    connections.on(PostToConnectionCommand).rejects(failing('Surprise'));
    const post = { type: 'post', connectionId: 'c', connectedAt: Date.now(), opened: false, message: '{"type":"error"}', attempt: 1 };
    await handler({ Records: [record(JSON.stringify({ ...post, failures: 4 }))] }, CONTEXT);
    await handler({ Records: [record(JSON.stringify(sent().at(-1)!.job))] }, CONTEXT);
    expect(sent()).toHaveLength(1);
    expect(deadLetters()).toEqual([]);
    expect(logged.join()).toContain('retries_exhausted');
  });

  test.each([
    ['on-message', 'TABLE_NAME'],
    ['on-message', 'MAX_QUERIES_PER_CONNECTION'],
    ['on-message', 'MESSAGES_PER_SECOND'],
    ['send-message', 'RESULT_BUCKET_NAME'],
    ['on-disconnect', 'QUEUE_URL'],
  ])('%s throws an error with the name of the variable when %s is not set', (entry, name) => {
    expect(() => loadFunction(entry, { ...environment, [name]: '' })).toThrow(`the environment variable ${name} is not set`);
  });
});

describe('the handlers with token authorization', () => {
  const variables = { ...environment, ...CALLER_ENVIRONMENT };
  const CONNECT = { ...REQUEST, routeKey: '$connect' };

  function connectEvent(claims: object, { lives = 3600, ...more }: { lives?: number } & Record<string, unknown> = {}): object {
    const authorizer = { principalId: 'ann', claims: JSON.stringify(claims), expiresAt: String(Math.floor(Date.now() / 1000) + lives) };
    return { requestContext: { ...CONNECT, authorizer }, ...more };
  }

  test('OnConnect stores the hash of the caller and an expiry job, and OnDisconnect removes the identity', async () => {
    const onConnect = load('on-connect', variables);
    expect(await onConnect.handler(connectEvent({ tenant_id: 'acme', email: 'ann@example.com' }), CONTEXT)).toMatchObject({ statusCode: 200 });
    expect(await storedKeys()).toEqual(['connection#c1= identity']);
    const { Items } = await documents.send(new ScanCommand({ TableName: services.TABLE_NAME }));
    expect(JSON.stringify(Items)).toContain('acme');
    expect(JSON.stringify(Items)).not.toMatch(/ann/);
    expect(onConnect.sent()).toMatchObject([{ delaySeconds: 900, job: { type: 'expiry', connectionId: 'c1=', warned: false } }]);
    expect(await load('on-disconnect', { ...TABLE_ENVIRONMENT, CALLER_IDENTITY: 'token' }).handler({ requestContext: REQUEST })).toEqual({ statusCode: 200 });
    expect(await storedKeys()).toEqual([]);
  });

  test('OnConnect does not treat the token in the URL as a parameter, and binds the claim', async () => {
    const onConnect = load('on-connect', variables);
    await onConnect.handler(connectEvent({ tenant_id: 'acme' }, { queryStringParameters: { query: 'own', token: 'secret' } }), CONTEXT);
    expect(onConnect.started()).toMatchObject([{ Parameters: [{ name: 'tenant', value: 'acme' }] }]);
  });

  test('OnMessage binds the claim that OnConnect stored', async () => {
    await load('on-connect', variables).handler(connectEvent({ tenant_id: 'acme' }), CONTEXT);
    const onMessage = load('on-message', variables);
    await ask(onMessage, { query: 'own', parameters: {} });
    expect(onMessage.started()).toMatchObject([{ Parameters: [{ name: 'tenant', value: 'acme' }] }]);
  });

  test('OnMessage sends a going-away notice to an unknown client and closes its connection', async () => {
    const onMessage = load('on-message', variables);
    await ask(onMessage);
    expect(onMessage.posted()).toMatchObject([{ type: 'bye', retryable: true }]);
    expect(onMessage.connections.commandCalls(onMessage.DeleteConnectionCommand).map(({ args: [{ input }] }) => input)).toEqual([{ ConnectionId: 'c1=' }]);
    expect(onMessage.started()).toEqual([]);
  });

  test('SendMessage closes a connection whose token has expired, and succeeds when the connection is gone', async () => {
    await load('on-connect', variables).handler(connectEvent({}), CONTEXT);
    const { handler, connections, DeleteConnectionCommand, posted } = load('send-message', variables);
    connections.on(DeleteConnectionCommand).rejectsOnce(failing('GoneException')).resolves({});
    const job = JSON.stringify({ type: 'expiry', connectionId: 'c1=', connectedAt: Date.now() - 3_600_000, validUntil: Date.now() - 1, warned: true, attempt: 1 });
    for (const _ of [1, 2]) {
      expect(await handler({ Records: [record(job)] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    }
    expect(connections.commandCalls(DeleteConnectionCommand)).toHaveLength(2);
    expect(posted()).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, number]>([
    ['https://example.com', { headers: { Origin: 'https://example.com' } }, 200],
    ['no origin', {}, 200],
    ['another origin', { headers: { origin: 'https://evil.example' } }, 403],
    ['two origins', { headers: { origin: 'https://example.com' }, multiValueHeaders: { origin: ['https://evil.example', 'https://example.com'] } }, 403],
  ])('OnConnect accepts or rejects a page from %s', async (_, more, statusCode) => {
    expect(await load('on-connect', variables).handler(connectEvent({}, more), CONTEXT)).toMatchObject({ statusCode });
  });

  test('OnConnect rejects a token that has expired in the meantime', async () => {
    expect(await load('on-connect', variables).handler(connectEvent({}, { lives: -1 }), CONTEXT)).toMatchObject({ statusCode: 403 });
    expect(await storedKeys()).toEqual([]);
  });

  test('OnConnect fails when the event does not identify the caller', async () => {
    await expect(load('on-connect', variables).handler({ requestContext: CONNECT }, CONTEXT)).rejects.toThrow('doesn\'t identify the caller');
  });

  test('the log contains neither claims nor the token', async () => {
    const onConnect = load('on-connect', variables);
    await onConnect.handler(connectEvent({ tenant_id: 'marked-claim' }, { queryStringParameters: { query: 'own', token: 'marked-token' } }), CONTEXT);
    await ask(load('on-message', variables), { query: 'own', parameters: { tenant: 'marked-value' } });
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join()).not.toMatch(/marked|ann/);
  });
});
