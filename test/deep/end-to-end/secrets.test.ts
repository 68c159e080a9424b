import { Duration, Fn, Stack } from 'aws-cdk-lib';
import type { CfnElement } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { startRedshiftData } from '../../../local/redshift/data-api/redshift-data';
import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { ConnectionAccess, QueryParameter, SqlTemplate } from '../../../src';
import type { RedshiftWebSocketQuery, RedshiftWebSocketQueryProps } from '../../../src';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../../src/protocol/connect-request';
import type { AcceptedMessage } from '../../../src/protocol/messages';
import { eventually } from '../../support/eventually';
import { AUDIENCE, subprotocolsWith, tryToConnect } from '../../support/local/access-application';
import { emptyDatabase } from '../../support/local/empty-database';
import { eventuallyAfterDelays } from '../../support/local/eventually-after-delays';
import { interpose } from '../../support/local/interposed-service';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { TestIssuer } from '../../support/local/test-issuer';
import { WebSocketClient } from '../../support/local/web-socket-client';

/** Markers for confidential values. None of them contains another. */
const MARKS = {
  parameter: 'parametermark7d1f',
  otherParameter: 'otherparametermark55aa',
  rejected: 'rejectedmark9b2e',
  key: 'keymark2b64',
  sql: 'sqlmarkc4a0',
  // As short as the excerpt that JavaScript quotes from invalid JSON.
  row: 'rowm31fe',
  claim: 'claimmark8e77',
  unusedClaim: 'unusedclaimmark02d9',
  caller: 'callermark6c3b',
  ticketClaim: 'ticketclaimmarkfa18',
} as const;

/** Timeout of SendMessage and visibility timeout: long where results are expected, short where all retries are exhausted. */
const ATTEMPT_SECONDS = { Marked: 20, Ticketed: 20, Unreachable: 10 } as const;

/** The result contains a marker that neither the SQL nor a parameter contains: the row marker, reversed in the SQL. */
const ROW_SQL = `REVERSE('${[...MARKS.row].reverse().join('')}')`;
const ECHO_SQL = `SELECT n, CAST(:text AS VARCHAR(60)) AS text, '${MARKS.sql}' AS constant, ${ROW_SQL} AS row, CAST(:tenant AS VARCHAR(60)) AS tenant FROM generate_series(1, 4000) AS s(n) ORDER BY n`;

const STRING = QueryParameter.string({ maxLength: 60 });
const TENANT = QueryParameter.fromClaim('tenant_id', QueryParameter.string());

let issuer: TestIssuer;
let engine: SqlEngine;
let application: LocalApplication;
/** Whether the Data API returns pages that are cut off in a row, and so are invalid JSON. */
let isResponseCut = false;
/** Secrets that are created while the test runs. */
const made: Record<string, string> = {};
const clients: WebSocketClient[] = [];

function propsOf(id: string): Partial<RedshiftWebSocketQueryProps> {
  const access = id === 'Ticketed'
    ? ConnectionAccess.oneTimeTicket({ connectionDuration: Duration.hours(1) })
    : ConnectionAccess.openIdConnect({ issuer: issuer.url, audience: [AUDIENCE] });
  return { access, sql: SqlTemplate.inline(ECHO_SQL), parameters: { text: STRING, tenant: TENANT } };
}

/** Queries that fail or have truncated results, in every construct. */
function addQueries(query: RedshiftWebSocketQuery): void {
  const parameters = { text: STRING, tenant: TENANT };
  const add = (name: string, sql: string, limits: object = {}) => query.addQuery(name, { sql: SqlTemplate.inline(sql), parameters, ...limits });
  add('failing', `SELECT CAST(:text AS INTEGER), '${MARKS.sql}' AS constant, CAST(:tenant AS VARCHAR(60)) AS tenant`);
  add('failing_by_claim', `SELECT CAST(:tenant AS INTEGER), '${MARKS.sql}' AS constant, CAST(:text AS VARCHAR(60)) AS text`);
  add('failing_by_row', `SELECT CAST(${ROW_SQL} AS INTEGER), CAST(:tenant AS VARCHAR(60)), CAST(:text AS VARCHAR(60)) AS text`);
  add('wide', `SELECT REPEAT(${ROW_SQL}, 5000) AS row, CAST(:text AS VARCHAR(60)) AS text, CAST(:tenant AS VARCHAR(60)) AS tenant`);
  add('cut', ECHO_SQL, { maxRows: 10 });
  query.addQuery('picky', {
    sql: SqlTemplate.inline('SELECT :day, :month'),
    parameters: { day: QueryParameter.date(), month: QueryParameter.string({ pattern: '^\\d{4}-\\d\\d$' }) },
  });
}

/** SendMessage of `Unreachable` posts where there is nothing. */
function change(query: RedshiftWebSocketQuery): void {
  addQueries(query);
  const queue = query.deliveryQueue.node.defaultChild as CfnQueue;
  const sendMessage = query.sendMessageFunction.node.defaultChild as CfnFunction;
  queue.visibilityTimeout = ATTEMPT_SECONDS[query.node.id as keyof typeof ATTEMPT_SECONDS];
  sendMessage.timeout = queue.visibilityTimeout;
  if (query.node.id === 'Unreachable') {
    query.sendMessageFunction.addEnvironment('CALLBACK_URL', Fn.join('', [query.callbackUrl, '/nowhere']));
  }
  if (query.issueTicketFunction !== undefined) {
    const element = query.issueTicketFunction.node.defaultChild as CfnElement;
    made.issueTicketFunction = Stack.of(query).getLogicalId(element);
  }
}

beforeAll(async () => {
  issuer = await TestIssuer.start();
  engine = await emptyDatabase();
  application = await startLocalApplication({ Marked: [ECHO_SQL], Unreachable: [ECHO_SQL], Ticketed: [ECHO_SQL] }, engine, {
    extraCaCertificates: issuer.certificateFile,
    redshiftData: async (context) => interpose(await startRedshiftData(context, { engine }), async ({ target, forward }) => {
      const { status, body } = await forward();
      const isBroken = isResponseCut && target.endsWith('.GetStatementResult');
      return { status, body: isBroken ? Buffer.from(body.toString().replaceAll(`"${MARKS.row}"`, MARKS.row)) : body };
    }),
  }, propsOf, change);
  made.token = await issuer.token({ aud: AUDIENCE, sub: MARKS.caller, tenant_id: MARKS.claim, email: MARKS.unusedClaim });
});

afterAll(async () => {
  await Promise.all(clients.map(async (client) => client.close()));
  await application?.close('expected');
  await engine?.close();
  await issuer?.close();
});

async function connect(id: string, queryString = '', token = made.token): Promise<WebSocketClient> {
  const client = await WebSocketClient.connect(`${application.url(id)}${queryString}`, subprotocolsWith(token));
  clients.push(client);
  return client;
}

/** The terminal message of a query; `sent` is the whole message. */
interface QueryOutcome {
  readonly type: string;
  readonly code?: string;
  readonly sent: string;
}

async function submit(client: WebSocketClient, id: string, query: string, text: string): Promise<QueryOutcome> {
  client.send({ type: 'query', id, query, parameters: { text } });
  const { terminalMessage } = await client.waitForResult(id);
  return { type: terminalMessage.type, code: 'code' in terminalMessage ? terminalMessage.code : undefined, sent: JSON.stringify(terminalMessage) };
}

/** The strings to search for markers, with their locations. */
function searchedStrings(): readonly (readonly [where: string, text: string])[] {
  return [
    ...application.logged.map((line) => ['a log', line] as const),
    ...application.aws.deadLetters().map(({ body }) => ['a dead letter', body] as const),
  ];
}

/** The secrets: the marks, and of a token each part that is long enough to be one. */
function secrets(): Record<string, string> {
  const [, payload, signature] = made.token.split('.');
  return { ...MARKS, tokenPayload: payload, tokenSignature: signature, ticket: made.ticket };
}

describe('marked values of clients', () => {
  let first: WebSocketClient;
  let otherClient: WebSocketClient;

  beforeAll(async () => {
    first = await connect('Marked');
    otherClient = await connect('Marked', '', await issuer.token({ aud: AUDIENCE, sub: 'bystander', tenant_id: 'another' }));
  });

  it('are returned in complete results, by message, by URL, shared, in a window, resumed and canceled', async () => {
    expect(await submit(first, 'a', 'default', MARKS.parameter)).toMatchObject({ type: 'complete' });
    const addressed = await connect('Marked', `?text=${MARKS.otherParameter}`);
    const { rows } = await addressed.waitForResult('connect');
    expect(rows[0]).toEqual([1, MARKS.otherParameter, MARKS.sql, MARKS.row, MARKS.claim]);
    first.send({ type: 'query', id: 'b', parameters: { text: MARKS.otherParameter }, options: { window: 1 } });
    const { result } = await first.waitFor((message): message is AcceptedMessage => message.type === 'accepted' && message.id === 'b');
    await first.waitFor((message) => message.type === 'rows' && message.result === result);
    addressed.send({ type: 'resume', id: 'c', result, after: 0 });
    await addressed.waitFor((message) => message.type === 'complete' && message.id === 'c');
    first.send({ type: 'cancel', id: 'b' });
    await first.waitFor((message) => message.type === 'error' && message.code === 'cancelled');
  });

  it('are in the error of the database only for the client that sent the query', async () => {
    expect(await submit(first, 'd', 'failing', MARKS.parameter)).toMatchObject({ code: 'statement_failed', sent: expect.stringContaining(MARKS.parameter) });
    expect(await submit(first, 'e', 'failing_by_claim', MARKS.parameter)).toMatchObject({ code: 'statement_failed', sent: expect.stringContaining(MARKS.claim) });
    expect(await submit(first, 'f', 'failing_by_row', MARKS.parameter)).toMatchObject({ code: 'statement_failed', sent: expect.stringContaining(MARKS.row) });
    expect(await submit(otherClient, 'd', 'failing', 'something else')).toMatchObject({ code: 'statement_failed' });
  });

  it('are in truncated results, and not in the error of a row that is too large', async () => {
    expect(await submit(first, 'g', 'cut', MARKS.parameter)).toMatchObject({ type: 'complete', sent: expect.stringContaining('"truncated":true') });
    expect(await submit(first, 'h', 'wide', MARKS.parameter)).toMatchObject({ code: 'row_too_large', sent: expect.not.stringContaining(MARKS.row) });
  });

  it('are in rejected messages', async () => {
    const mark = MARKS.rejected;
    const messages: unknown[] = [
      mark, `{"type":"query","id":"r","parameters":{"text":"${mark}"`, `{"type":"query","id":"r","parameters":{"text":${mark}}}`, [mark], { type: mark },
      { type: 'query', id: 'r', parameters: { text: [mark] } }, { type: 'query', id: 'r', parameters: { text: mark.repeat(9) } }, { type: 'query', id: 'r', parameters: { text: `${mark}\u0000` } },
      { type: 'query', id: 'r', parameters: { text: 'a', tenant: mark } }, { type: 'query', id: 'r', query: 'picky', parameters: { day: mark, month: '2015-01' } },
      { type: 'query', id: 'r', query: 'picky', parameters: { day: '2015-01-01', month: mark } }, { type: 'query', id: 'r', parameters: { text: 'a' }, options: { window: mark } },
      { type: 'query', id: 'r', parameters: mark }, { type: 'query', id: 'r', parameters: { text: 'a' }, options: mark }, { type: 'resume', id: 'r', result: mark, after: mark },
      { type: 'resume', id: 'r', result: mark, after: -1 }, { type: 'more', result: mark, credit: 1 }, { type: 'cancel', id: mark }, { type: 'ping', value: mark }, mark.repeat(2000),
    ];
    const client = await connect('Marked');
    messages.forEach((message) => client.send(message));
    // The message `more` for an unknown result isn't an error.
    await eventually(() => expect(client.messages.filter(({ type }) => type === 'error')).toHaveLength(messages.length - 1));
    const fromUrl = await connect('Marked', `?text=${mark.repeat(9)}`);
    expect(await fromUrl.error()).toMatchObject({ code: 'invalid_parameter' });
  });

  it('are in rejected connect requests, with a token in each place', async () => {
    const url = application.url('Marked');
    const expired = await issuer.token({ aud: AUDIENCE, exp: 1, sub: MARKS.caller });
    const foreign = await issuer.token({ aud: 'another', sub: MARKS.caller });
    for (const token of [expired, foreign, `${made.token}x`, `${MARKS.rejected}.${MARKS.rejected}.${MARKS.rejected}`]) {
      expect(await tryToConnect(url, { token })).not.toBe(101);
      expect(await tryToConnect(`${url}?token=${token}`)).not.toBe(101);
    }
    expect(await tryToConnect(url, { subprotocols: [`${TOKEN_SUBPROTOCOL_PREFIX}${made.token}`] })).not.toBe(101);
    expect(await tryToConnect(url, { subprotocols: [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}${made.token}`], headers: { Origin: `https://${MARKS.rejected}.example` } })).toBe(101);
    expect(await tryToConnect(`${url}?token=${made.token}`)).toBe(101);
  });

  it('are in a ticket, which is rejected when it is used again', async () => {
    const issued = await application.aws.invoke(made.issueTicketFunction, { caller: MARKS.caller, claims: { tenant_id: MARKS.ticketClaim } });
    expect(issued.error).toBeUndefined();
    made.ticket = (JSON.parse((issued as { payload: string }).payload) as { ticket: string }).ticket;
    const client = await connect('Ticketed', '', made.ticket);
    expect(await submit(client, 'a', 'failing_by_claim', MARKS.parameter)).toMatchObject({ sent: expect.stringContaining(MARKS.ticketClaim) });
    expect(await tryToConnect(application.url('Ticketed'), { token: made.ticket })).not.toBe(101);
  });

  it('are in results and errors that cannot be delivered, which lead to dead letters', async () => {
    const unreachable = await connect('Unreachable', `?text=${MARKS.parameter}`);
    await connect('Unreachable', `?text=${MARKS.rejected.repeat(9)}`);
    // A client that omits the name of the parameter sends its value as a name, which the error repeats.
    await connect('Unreachable', `?${MARKS.key}`);
    await connect('Unreachable', `?query=failing&text=${MARKS.otherParameter}`);
    unreachable.send({ type: 'query', id: 'a', query: 'wide', parameters: { text: MARKS.parameter } });
    await eventuallyAfterDelays(application.aws, () => {
      expect(application.aws.deadLetters().length).toBeGreaterThanOrEqual(2);
      expect(application.logged.filter((line) => line.includes('"event":"retries_exhausted","job":"post"'))).toHaveLength(2);
      const deliveries = Object.entries(application.aws.queueDepths()).filter(([id]) => /^UnreachableDeliveryQueue(?!DeadLetter)/.test(id));
      expect(deliveries.map(([, { visible, inFlight }]) => visible + inFlight)).toEqual([0]);
    });
  });

  it('are in a response of the Data API that is cut off in the middle of a row', async () => {
    isResponseCut = true;
    first.send({ type: 'query', id: 'i', query: 'cut', parameters: { text: MARKS.otherParameter } });
    await eventually(() => expect(application.logged.filter((line) => line.includes('MarkedFunctionsSendMessage') && line.includes('job_failed'))).not.toEqual([]));
    isResponseCut = false;
    await eventuallyAfterDelays(application.aws, () => expect(first.messages).toContainEqual(expect.objectContaining({ type: 'complete', id: 'i' })));
  });

  it('are not in messages to another client', () => {
    const received = JSON.stringify(otherClient.messages);
    expect(received).toContain('something else');
    // The SQL string is the same for all clients, and so are its rows.
    for (const [what, secret] of Object.entries(secrets()).filter(([name]) => name !== 'sql')) {
      expect([what, received.includes(secret)]).toEqual([what, false]);
    }
  });

  it('are not in log lines or dead letters', () => {
    const places = searchedStrings();
    expect(places.filter(([where]) => where === 'a log').length).toBeGreaterThan(50);
    expect(places.filter(([where]) => where === 'a dead letter').length).toBeGreaterThanOrEqual(2);
    // The expected events of every function are in the logs, so the search covers them.
    for (const event of ['query_accepted', 'query_ended', 'request_rejected', 'retries_exhausted', 'job_failed']) {
      expect(application.logged.join('\n')).toContain(`"event":"${event}"`);
    }
    const found = Object.entries(secrets()).flatMap(([what, secret]) => places
      .filter(([, text]) => text.includes(secret) || text.includes(encodeURIComponent(secret)))
      .map(([where, text]) => `${what} in ${where}: ${text}`));
    expect(found).toEqual([]);
  });
});
