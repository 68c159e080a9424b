import { gunzipSync } from 'node:zlib';
import { connectEvent, CONTEXT, ended, failing, HandlerFixture, record, REQUEST } from './handler-fixture';
import type { RowsMessage } from '../../src/protocol/messages';
import { CALLER_ENVIRONMENT, STATEMENT_TARGETS, TABLE_ENVIRONMENT } from '../support/handler-environment';
import { incompressible } from '../support/incompressible';

const [{ environment }] = STATEMENT_TARGETS;
const fixture = new HandlerFixture();
const FINISHED = { Status: 'FINISHED', HasResultSet: true, Duration: 5e6 } as const;
const ONE_ROW = { ColumnMetadata: [{ name: 'value', typeName: 'varchar' }], Records: [[{ stringValue: 'x' }]] };

describe.each(STATEMENT_TARGETS)('SendMessage with $name', ({ environment: variables }) => {
  it('finds the run by the name of the statement, posts every page, and removes the request', async () => {
    const run = await fixture.submit(fixture.load('on-message', variables));
    const { handler, statementApi, posted, ...sdk } = fixture.load('send-message', variables);
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
    const keys = await fixture.storedKeys();
    expect(keys.filter((key) => key.includes('request#'))).toEqual([]);
    expect(keys).toContain(`run#${run} run`);
  });
});

describe('SendMessage', () => {
  it.each([
    'ValidationException',
    'AccessDeniedException',
    'ResourceNotFoundException',
  ])('sends an error and logs no value when the Data API throws %s', async (name) => {
    const onMessage = fixture.load('on-message');
    const failure = failing(name, name === 'ValidationException' ? 'value 2015-01 is bad' : 'no');
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).rejects(failure);
    const run = await fixture.submit(onMessage);
    const sendMessage = fixture.load('send-message');
    sendMessage.statementApi.on(sendMessage.ExecuteStatementCommand).rejects(failure);
    await sendMessage.handler({ Records: [record(JSON.stringify({ type: 'run', run, attempt: 2 }))] }, CONTEXT);
    expect(sendMessage.posted()).toMatchObject([{ type: 'error', code: 'start_refused', result: run }]);
    expect(fixture.logged.join()).toContain(name);
    expect(fixture.logged.join()).not.toContain('2015-01');
  });

  it('removes the request of a connection that is gone', async () => {
    const run = await fixture.submit();
    const { handler, statementApi, connections, ...sdk } = fixture.load('send-message');
    statementApi.on(sdk.DescribeStatementCommand).resolves({ Status: 'FAILED', Error: 'ERROR: no' });
    connections.on(sdk.PostToConnectionCommand).rejects(failing('GoneException'));
    expect(await handler({ Records: [record(ended(run))] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect((await fixture.storedKeys()).filter((key) => key.includes('request#'))).toEqual([]);
  });

  it('sends nothing at the end of a statement without a stored run', async () => {
    const { handler, sent, posted } = fixture.load('send-message');
    expect(await handler({ Records: [record(ended('r1'))] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(sent()).toEqual([]);
    expect(posted()).toEqual([]);
  });

  it('reads a result that is too large for the table from the bucket when it is resumed', async () => {
    const run = await fixture.submit();
    const values = Array.from({ length: 20 }, (_, row) => incompressible(20_000, row));
    const sendMessage = fixture.load('send-message');
    const { statementApi } = sendMessage;
    statementApi.on(sendMessage.DescribeStatementCommand).resolves(FINISHED);
    statementApi.on(sendMessage.GetStatementResultCommand).resolves({ ...ONE_ROW, Records: values.map((stringValue) => [{ stringValue }]) });
    await sendMessage.handler({ Records: [record(ended(run))] }, CONTEXT);
    expect([...fixture.objects.objects.keys()]).toEqual([expect.stringMatching(`^/results/${run}/0000000000/`)]);
    const resumed = fixture.load('on-message');
    await fixture.submit(resumed, { type: 'resume', id: 'b', result: run, after: 18, parameters: undefined });
    const late = fixture.load('send-message');
    await late.handler({ Records: [record(JSON.stringify(resumed.sent().find(({ delaySeconds }) => delaySeconds === 0)!.job))] }, CONTEXT);
    expect(late.statementApi.calls()).toEqual([]);
    expect(late.posted()).toMatchObject([{ type: 'rows', seq: 19, rows: [[values[19]]] }, { type: 'complete', rows: 20 }]);
  });

  it('posts compressed rows to a client that offers gzip', async () => {
    const run = await fixture.submit(undefined, { options: { encodings: ['gzip'] } });
    const { handler, statementApi, posted, DescribeStatementCommand, GetStatementResultCommand } = fixture.load('send-message');
    statementApi.on(DescribeStatementCommand).resolves(FINISHED);
    statementApi.on(GetStatementResultCommand).resolves({ ...ONE_ROW, Records: Array(5).fill([{ stringValue: 'x'.repeat(20_000) }]) });
    await handler({ Records: [record(ended(run))] }, CONTEXT);
    const [compressed, complete] = posted();
    expect(compressed).toMatchObject({ type: 'rows', result: run, seq: 0, offset: 0, messages: 5, encoding: 'gzip' });
    expect(JSON.parse(gunzipSync(Buffer.from(compressed.data, 'base64')).toString()).map(({ seq }: RowsMessage) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(complete).toMatchObject({ type: 'complete', messages: 5, rows: 5, truncated: false });
  });

  it('cancels a statement when its only client has disconnected and the grace period is over', async () => {
    const onMessage = fixture.load('on-message');
    const run = await fixture.submit(onMessage);
    const check = onMessage.sent().find(({ job }) => job.type === 'run')!;
    const onDisconnect = fixture.load('on-disconnect', TABLE_ENVIRONMENT);
    expect(await onDisconnect.handler({ requestContext: REQUEST })).toEqual({ statusCode: 200 });
    const [departure] = onDisconnect.sent();
    const { handler, statementApi, CancelStatementCommand, DescribeStatementCommand } = fixture.load('send-message');
    statementApi.on(DescribeStatementCommand).resolves({ Status: 'STARTED' });
    statementApi.on(CancelStatementCommand).resolves({ Status: true });
    const canceled = () => statementApi.commandCalls(CancelStatementCommand).map(({ args: [{ input }] }) => input);
    await handler({ Records: [record(JSON.stringify(departure.job))] }, CONTEXT);
    expect(canceled()).toEqual([]);
    const afterGracePeriod = Date.now() + 91_000;
    jest.spyOn(Date, 'now').mockImplementation(() => afterGracePeriod);
    await handler({ Records: [record(JSON.stringify(check.job))] }, CONTEXT);
    expect(canceled()).toEqual([{ Id: 's1' }]);
    expect(await fixture.storedKeys()).not.toContain(`run#${run} run`);
  });

  it('retries only the failed jobs of a batch, and sends unreadable messages to the dead-letter queue', async () => {
    const onMessage = fixture.load('on-message');
    const good = await fixture.submit(onMessage);
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).resolves({ Id: 'bad' });
    const bad = await fixture.submit(onMessage, { id: 'b', parameters: { trip_month: '2015-02' } });
    const { handler, statementApi, ...sdk } = fixture.load('send-message');
    statementApi.on(sdk.DescribeStatementCommand).resolves({ Status: 'ABORTED' });
    statementApi.on(sdk.DescribeStatementCommand, { Id: 'bad' }).rejects(failing('Surprise'));
    const Records = [record(ended(good), 'm1'), record(ended(bad, 'bad'), 'm2'), record('secret', 'm3')];
    expect(await handler({ Records }, CONTEXT)).toEqual({ batchItemFailures: [] });
    expect(sdk.sent().filter(({ job }) => job.failures !== undefined)).toEqual([
      { queueUrl: environment.QUEUE_URL, delaySeconds: 2, job: { type: 'run', run: bad, statementId: 'bad', finished: true, attempt: 1, failures: 1 } },
    ]);
    expect(sdk.deadLetters()).toEqual(['secret']);
    expect(fixture.logged.join()).toContain('message_unreadable');
    expect(fixture.logged.join()).not.toContain('secret');
  });

  it('sends a job to the dead-letter queue and an error to the client when the job has failed five times', async () => {
    const run = await fixture.submit();
    const { handler, statementApi, posted, sent, deadLetters, DescribeStatementCommand } = fixture.load('send-message');
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

  it('reports a batch item failure when it cannot queue the retry', async () => {
    const run = await fixture.submit();
    const { handler, statementApi, queue, DescribeStatementCommand, SendMessageCommand } = fixture.load('send-message');
    statementApi.on(DescribeStatementCommand).rejects(failing('Surprise'));
    queue.on(SendMessageCommand).rejects(failing('Surprise'));
    expect(await handler({ Records: [record(ended(run))] }, CONTEXT)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  });

  it('drops a message that cannot be posted, without a dead letter', async () => {
    const { handler, connections, sent, deadLetters, PostToConnectionCommand } = fixture.load('send-message');
    connections.on(PostToConnectionCommand).rejects(failing('Surprise'));
    const post = { type: 'post', connectionId: 'c', connectedAt: Date.now(), opened: false, message: '{"type":"error"}', attempt: 1 };
    await handler({ Records: [record(JSON.stringify({ ...post, failures: 4 }))] }, CONTEXT);
    await handler({ Records: [record(JSON.stringify(sent().at(-1)!.job))] }, CONTEXT);
    expect(sent()).toHaveLength(1);
    expect(deadLetters()).toEqual([]);
    expect(fixture.logged.join()).toContain('retries_exhausted');
  });
});

describe('OnMessage and SendMessage', () => {
  it.each<[string, object, string, [string, string][]]>([
    ['a list', { name: 'x', zones: ['a', '', 'b'] }, "SELECT :name WHERE zone IN (:zones_1, '', :zones_3)", [['name', 'x'], ['zones_1', 'a'], ['zones_3', 'b']]],
    ['NULL', { name: null, zones: ['a'] }, 'SELECT NULL WHERE zone IN (:zones_1)', [['zones_1', 'a']]],
    ['only empty strings', { name: '', zones: [''] }, "SELECT '' WHERE zone IN ('')", []],
  ])('start the same statement for a query request with %s', async (_, parameters, Sql, values) => {
    const expected = { Sql, Parameters: values.length === 0 ? undefined : values.map(([name, value]) => ({ name, value })) };
    const onMessage = fixture.load('on-message');
    onMessage.statementApi.on(onMessage.ExecuteStatementCommand).rejects(failing('ThrottlingException'));
    const run = await fixture.submit(onMessage, { query: 'listed', parameters });
    expect(onMessage.started().at(-1)).toMatchObject(expected);
    const sendMessage = fixture.load('send-message');
    await sendMessage.handler({ Records: [record(JSON.stringify({ type: 'run', run, attempt: 2 }))] }, CONTEXT);
    expect(sendMessage.started()).toMatchObject([expected]);
  });
});

describe('SendMessage with token authorization', () => {
  const variables = { ...environment, ...CALLER_ENVIRONMENT };

  it('closes a connection whose token has expired, and succeeds when the connection is gone', async () => {
    await fixture.load('on-connect', variables).handler(connectEvent({}), CONTEXT);
    const { handler, connections, DeleteConnectionCommand, posted } = fixture.load('send-message', variables);
    connections.on(DeleteConnectionCommand).rejectsOnce(failing('GoneException')).resolves({});
    const job = JSON.stringify({ type: 'expiry', connectionId: 'c1=', connectedAt: Date.now() - 3_600_000, validUntil: Date.now() - 1, warned: true, attempt: 1 });
    for (const _ of [1, 2]) {
      expect(await handler({ Records: [record(job)] }, CONTEXT)).toEqual({ batchItemFailures: [] });
    }
    expect(connections.commandCalls(DeleteConnectionCommand)).toHaveLength(2);
    expect(posted()).toEqual([]);
  });
});
