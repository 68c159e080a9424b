import { connectEvent, CONTEXT, failing, HandlerFixture } from './handler-fixture';
import { CALLER_ENVIRONMENT, loadFunction, STATEMENT_TARGETS } from '../support/handler-environment';

const [{ environment }] = STATEMENT_TARGETS;
const fixture = new HandlerFixture();

describe.each(STATEMENT_TARGETS)('OnMessage with $name', ({ environment: variables, target }) => {
  it('stores the query, accepts it, and starts the statement with the name of its run', async () => {
    const onMessage = fixture.load('on-message', variables);
    const run = await fixture.submit(onMessage);
    expect(onMessage.posted()).toEqual([{ type: 'accepted', id: 'a', result: run, shared: false, cached: false, limits: { timeLimitMs: 900_000 } }]);
    expect(await fixture.storedKeys()).toEqual([
      expect.stringMatching(/^cache#\S+ run$/),
      'connection#c1= request#a',
      expect.stringMatching(/^connection#c1= slot#\d+$/),
      expect.stringMatching(new RegExp(`^run#${run} request#\\S+$`)),
      `run#${run} run`,
    ]);
    expect(onMessage.started()).toEqual([{
      ...target,
      Sql: 'SELECT :trip_month',
      Parameters: [{ name: 'trip_month', value: '2015-01' }],
      StatementName: expect.stringMatching(new RegExp(`^Stack/c8/${run}/\\d+$`)),
      WithEvent: true,
      ClientToken: run,
      WaitTimeSeconds: 1,
    }]);
  });
});

describe('OnMessage', () => {
  it('omits the list of parameters, which the Data API rejects when empty, for a query with SQL from the deployment', async () => {
    const onMessage = fixture.load('on-message');
    await fixture.submit(onMessage, { query: 'deployed', parameters: undefined });
    expect(onMessage.started()).toMatchObject([{ Sql: 'SELECT 1 FROM deployed', Parameters: undefined }]);
  });

  it.each([
    'ThrottlingException',
    'ActiveStatementsExceededException',
    'InternalServerException',
    'TimeoutError',
  ])('queues the start and sends progress when the Data API throws %s', async (name) => {
    const onMessage = fixture.load('on-message');
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).rejects(failing(name));
    const run = await fixture.submit(onMessage);
    expect(onMessage.sent()).toContainEqual({ queueUrl: environment.QUEUE_URL, delaySeconds: 1, job: { type: 'run', run, attempt: 2 } });
    expect(onMessage.posted()).toMatchObject([{ type: 'accepted' }, { type: 'progress', result: run, state: 'waiting' }]);
  });

  it('rejects an id that is in use', async () => {
    await fixture.submit();
    const onMessage = fixture.load('on-message');
    await fixture.submit(onMessage);
    expect(onMessage.posted()).toMatchObject([{ type: 'error', code: 'id_in_use', id: 'a' }]);
  });

  it('rejects a query that exceeds the limit of the connection, with the limit in the error', async () => {
    const onMessage = fixture.load('on-message', { ...environment, MAX_QUERIES_PER_CONNECTION: '1' });
    await fixture.submit(onMessage);
    const jobs = onMessage.sent().length;
    await fixture.submit(onMessage, { id: 'b' });
    expect(onMessage.posted().at(-1)).toMatchObject({ type: 'error', code: 'too_many_queries', id: 'b', limit: 1 });
    expect(onMessage.sent().slice(jobs)).toMatchObject([{ job: { type: 'request', id: 'b' } }, { job: { type: 'run', check: 0 } }]);
  });
});

describe('OnMessage with token authorization', () => {
  const variables = { ...environment, ...CALLER_ENVIRONMENT };

  it('binds the claim that OnConnect stored', async () => {
    await fixture.load('on-connect', variables).handler(connectEvent({ tenant_id: 'acme' }), CONTEXT);
    const onMessage = fixture.load('on-message', variables);
    await fixture.submit(onMessage, { query: 'own', parameters: {} });
    expect(onMessage.started()).toMatchObject([{ Parameters: [{ name: 'tenant', value: 'acme' }] }]);
  });

  it('sends a going-away notice to an unknown client and closes its connection', async () => {
    const onMessage = fixture.load('on-message', variables);
    await fixture.submit(onMessage);
    expect(onMessage.posted()).toMatchObject([{ type: 'bye', retryable: true }]);
    expect(onMessage.connections.commandCalls(onMessage.DeleteConnectionCommand).map(({ args: [{ input }] }) => input)).toEqual([{ ConnectionId: 'c1=' }]);
    expect(onMessage.started()).toEqual([]);
  });
});

describe('environment variables', () => {
  it.each([
    ['on-message', 'TABLE_NAME'],
    ['on-message', 'MAX_QUERIES_PER_CONNECTION'],
    ['on-message', 'MESSAGES_PER_SECOND'],
    ['send-message', 'RESULT_BUCKET_NAME'],
    ['on-disconnect', 'QUEUE_URL'],
  ])('of %s are required: loading throws an error with the name of %s when it is not set', (entry, name) => {
    expect(() => loadFunction(entry, { ...environment, [name]: '' })).toThrow(`the environment variable ${name} is not set`);
  });
});
