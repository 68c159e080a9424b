import type { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { RandomNumbers } from '../../../local/taxi/random-numbers';
import type { RedshiftWebSocketQuery } from '../../../src';
import type { CompleteMessage, RowsMessage } from '../../../src/protocol/messages';
import { emptyDatabase } from '../../support/local/empty-database';
import { eventuallyAfterDelays } from '../../support/local/eventually-after-delays';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { WebSocketClient } from '../../support/local/web-socket-client';

const QUERIES = { Month: ['SELECT n, CAST(:month AS VARCHAR(20)) AS month FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n', 'month', 'rows'] } as const;
const SEED = 2015;
/** The messages of a killed function return after 90 seconds, in place of six minutes, and still later than the checks that continue its work. */
const VISIBILITY_TIMEOUT_SECONDS = 90;

let engine: HeldEngine;
let application: LocalApplication;
let statementsBefore = 0;
const clients: WebSocketClient[] = [];

beforeAll(async () => {
  engine = new HeldEngine(await emptyDatabase());
  const random = new RandomNumbers(SEED);
  application = await startLocalApplication(QUERIES, engine, {
    eventDelivery: {
      duplicate: 0.5,
      lose: 0.1,
      delay: { probability: 0.5, atLeast: 10, milliseconds: 3000 },
      random: () => random.below(1_000_000) / 1_000_000,
    },
  }, {}, shortenVisibilityTimeout);
});

beforeEach(() => {
  statementsBefore = engine.statements;
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(async () => {
  await application?.close();
  await engine?.close();
});

function shortenVisibilityTimeout({ deliveryQueue }: RedshiftWebSocketQuery): void {
  (deliveryQueue.node.defaultChild as CfnQueue).visibilityTimeout = VISIBILITY_TIMEOUT_SECONDS;
}

function statements(): number {
  return engine.statements - statementsBefore;
}

/** Connects so many clients, some at a time: API Gateway takes 500 new ones a second, this machine fewer. */
async function connect(count: number): Promise<WebSocketClient[]> {
  const connected: WebSocketClient[] = [];
  while (connected.length < count) {
    const some = Math.min(25, count - connected.length);
    connected.push(...await Promise.all(Array.from({ length: some }, async () => WebSocketClient.connect(application.url('Month')))));
  }
  clients.push(...connected);
  return connected;
}

/** Checks each client's rows, and counts the messages that it received more than once. */
async function checkResults(connected: readonly WebSocketClient[], months: readonly string[], rows: number) {
  const startedAt = Date.now();
  let slowestMs = 0;
  const repeated = await Promise.all(connected.map(async (client, index) => {
    const { terminalMessage } = await client.waitForResult('a');
    slowestMs = Math.max(slowestMs, Date.now() - startedAt);
    const messages = client.messages.filter((message): message is RowsMessage => message.type === 'rows');
    const first = messages.filter((message, place) => messages.findIndex(({ seq }) => seq === message.seq) === place);
    expect(terminalMessage).toMatchObject({ type: 'complete', rows });
    expect(first.flatMap((message) => message.rows)).toEqual(Array.from({ length: rows }, (_, n) => [n + 1, months[index]]));
    return messages.length - first.length;
  }));
  return { repeated: repeated.reduce((sum, count) => sum + count, 0), slowestMs };
}

function report(what: string, figures: Record<string, number>): void {
  process.stdout.write(`${what}: ${Object.entries(figures).map(([name, value]) => `${value} ${name}`).join(', ')}\n`);
}

function allRequestsEnd(): Promise<void> {
  return eventuallyAfterDelays(application.aws, async () => expect(await application.unfinishedRequests('Month')).toEqual([]));
}

describe('pipeline with duplicate, late and lost events', () => {
  it('returns the result of each query to 100 clients with 100 different queries', async () => {
    const connected = await connect(100);
    const months = connected.map((_, index) => `month ${index}`);
    const checked = Promise.all([checkResults(connected, months, 31)]);
    connected.forEach((client, index) => client.submit('a', { month: months[index], rows: '31' }));
    const [{ slowestMs, repeated }] = await checked;
    report('100 months', { 'statements': statements(), 'repeated messages': repeated, 'ms for the slowest': slowestMs });
    expect(statements()).toBe(100);
    await allRequestsEnd();
  });

  it('runs one statement for 150 clients with the same query', async () => {
    const letRun = engine.hold();
    const connected = await connect(150);
    const checked = checkResults(connected, connected.map(() => '2015-01'), 31);
    connected.forEach((client) => client.submit('a', { month: '2015-01', rows: '31' }));
    await Promise.all(connected.map((client) => client.waitFor(({ type }) => type === 'accepted')));
    letRun();
    const { slowestMs, repeated } = await checked;
    const shared = connected.filter((client) => client.messages.some((message) => message.type === 'accepted' && message.shared)).length;
    // With four processes for a function on this machine; Lambda starts as many as there is work for.
    const late = connected.reduce((sum, { gatewayMessages }) => sum + gatewayMessages.length, 0);
    report('150 clients', {
      'statements': statements(), 'shared': shared, 'repeated messages': repeated, 'functions that were too late': late, 'ms for the slowest': slowestMs,
    });
    expect(statements()).toBe(1);
    expect(shared).toBe(149);
    await allRequestsEnd();
  });

  it('returns all 50,000 rows when SendMessage is killed in the middle', async () => {
    const [client] = await connect(1);
    client.submit('a', { month: '2015-01', rows: '50000' });
    await client.waitFor((message) => message.type === 'rows' && message.seq === 5);
    await application.aws.killFunction(application.functionId('Month', 'sendMessageFunction'));
    const killedAt = Date.now();
    const { repeated } = await checkResults([client], ['2015-01'], 50_000);
    report('killed', { 'statements': statements(), 'repeated messages': repeated, 'ms from the kill to the end': Date.now() - killedAt });
    expect(statements()).toBe(1);
    expect((client.messages.at(-1) as CompleteMessage).rows).toBe(50_000);
    await allRequestsEnd();
  });
});

it('leaves empty queues, no dead letters, and no items after their expiry when all queries are complete', async () => {
  await eventuallyAfterDelays(application.aws, () => {
    expect(Object.values(application.aws.queueDepths()).every((depth) => Object.values(depth).every((count) => count === 0))).toBe(true);
  });
  expect(application.aws.deadLetters()).toEqual([]);
  await application.aws.expireItems(new Date(Date.now() + 6 * 3600 * 1000));
  expect(await application.items('Month')).toEqual([]);
});
