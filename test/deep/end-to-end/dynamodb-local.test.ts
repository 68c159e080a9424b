import type { AcceptedMessage } from '../../../src/protocol/messages';
import { eventually } from '../../support/eventually';
import { dynamoDbLocal } from '../../support/local/dynamodb-local';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { WebSocketClient } from '../../support/local/web-socket-client';

const startDynamoDb = dynamoDbLocal();
const QUERIES = { Series: ['SELECT n FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n', 'rows'] } as const;

(startDynamoDb ? describe : describe.skip)('on DynamoDB Local in place of dynalite', () => {
  let engine: HeldEngine;
  let application: LocalApplication;
  const clients: WebSocketClient[] = [];

  beforeAll(async () => {
    engine = new HeldEngine(await emptyDatabase());
    application = await startLocalApplication(QUERIES, engine, { dynamoDb: startDynamoDb });
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await application?.close();
    await engine?.close();
  });

  async function connect(): Promise<WebSocketClient> {
    const client = await WebSocketClient.connect(application.url('Series'));
    clients.push(client);
    return client;
  }

  it('returns 10,000 rows to ten clients from one statement, and the remaining rows to a client that resumes', async () => {
    const letRun = engine.hold();
    const connected = await Promise.all(Array.from({ length: 10 }, connect));
    connected.forEach((client) => client.submit('a', { rows: '10000' }));
    await Promise.all(connected.map((client) => client.waitFor(({ type }) => type === 'accepted')));
    letRun();
    const numbers = Array.from({ length: 10_000 }, (_, index) => [index + 1]);
    const results = await Promise.all(connected.map((client) => client.waitForResult('a')));
    expect(results.map(({ rows }) => rows)).toEqual(connected.map(() => numbers));
    const { result } = await connected[0].waitFor((message): message is AcceptedMessage => message.type === 'accepted');
    const again = await connect();
    again.send({ type: 'resume', id: 'rest', result, after: 0 });
    const { rows } = await again.waitForResult('rest');
    expect(rows).toEqual(numbers.slice(numbers.length - rows.length));
    expect(rows.length).toBeGreaterThan(1000);
    expect(engine.statements).toBe(1);
  });

  it('leaves no requests without a terminal message, and no items after their expiry', async () => {
    await eventually(async () => expect(await application.unfinishedRequests('Series')).toEqual([]));
    await application.aws.expireItems(new Date(Date.now() + 6 * 3600 * 1000));
    expect(await application.items('Series')).toEqual([]);
  });
});
