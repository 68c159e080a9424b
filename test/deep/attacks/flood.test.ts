import { AttackedApplication } from './attacked-application';
import type { ErrorMessage } from '../../../src/protocol/messages';
import { eventually } from '../../support/eventually';
import { eventuallyAfterDelays } from '../../support/local/eventually-after-delays';
import type { WebSocketClient } from '../../support/local/web-socket-client';

/** How many queries one connection may have in flight, and how many messages of each kind the flood has. */
const QUERIES_PER_CONNECTION = 5;
const MESSAGES_OF_EACH_TYPE = 60;

let attacked: AttackedApplication;

beforeAll(async () => {
  attacked = await AttackedApplication.start({ maxQueriesPerConnection: QUERIES_PER_CONNECTION });
});

afterAll(async () => {
  await attacked?.close();
});

function endedIds({ messages }: WebSocketClient): string[] {
  return messages.flatMap((message) => (message.type === 'complete' || message.type === 'error') && message.id?.startsWith('flood') ? [message.id] : []);
}

function rejections({ messages }: WebSocketClient): ErrorMessage[] {
  return messages.filter((message): message is ErrorMessage => message.type === 'error' && message.code === 'too_many_queries');
}

describe('a connection that sends 300 messages at once', () => {
  let flooding: WebSocketClient;
  let others: WebSocketClient[];

  beforeAll(async () => {
    flooding = await attacked.connect();
    others = await Promise.all([attacked.connect(), attacked.connect(), attacked.connect()]);
    for (let n = 0; n < MESSAGES_OF_EACH_TYPE; n += 1) {
      // Long results of different query requests with a window of one message: each stays in flight.
      flooding.send({ type: 'query', id: `flood${n}`, query: 'slow', parameters: { text: `flood ${n}` }, options: { window: 1 } });
      flooding.send({ type: 'ping' });
      flooding.send({ type: 'resume', id: `resume${n}`, result: `nothing-${n}`, after: -1 });
      flooding.send({ type: 'more', result: `nothing-${n}`, credit: 1_000_000_000 });
      flooding.send({ type: 'cancel', id: `nothing${n}` });
    }
  });

  it('doesn\'t prevent results of other connections', async () => {
    others.forEach((client, index) => client.submit('a', { text: `other ${index}` }));
    const results = await Promise.all(others.map(async (client) => client.waitForResult('a')));
    expect(results.map(({ rows }) => rows)).toEqual(others.map((_, index) => [[Buffer.from(`other ${index}`).toString('hex'), 1]]));
  });

  it('receives a response to each message, and too_many_queries for each query above its limit', async () => {
    await eventually(() => {
      expect(flooding.messages.filter(({ type }) => type === 'pong')).toHaveLength(MESSAGES_OF_EACH_TYPE);
      expect(rejections(flooding).length).toBeGreaterThanOrEqual(MESSAGES_OF_EACH_TYPE - QUERIES_PER_CONNECTION);
    });
    expect(rejections(flooding)).toEqual(expect.arrayContaining([expect.objectContaining({ limit: QUERIES_PER_CONNECTION, retryable: true })]));
    const codes = flooding.messages.flatMap((message) => message.type === 'error' ? [message.code] : []);
    expect(new Set(codes)).toEqual(new Set(['too_many_queries', 'result_expired', 'unknown_id']));
    expect(new Set(endedIds(flooding)).size).toBe(endedIds(flooding).length);
    // Rejected queries are removed after the error was sent.
    await eventually(async () => {
      const inFlight = (await attacked.application.unfinishedRequests('Query')).filter(({ partitionKey }) => partitionKey.startsWith('connection#'));
      expect(inFlight.length).toBeLessThanOrEqual(QUERIES_PER_CONNECTION);
    });
  });

  it('starts no more statements than its limit of queries', () => {
    const floods = attacked.statements.filter(({ parameters }) => parameters.some(({ value }) => value.startsWith('flood')));
    expect(floods.length).toBeLessThanOrEqual(QUERIES_PER_CONNECTION);
  });

  it('leaves no query in flight, no message in a queue and no dead letter when it disconnects', async () => {
    flooding.socket.terminate();
    await eventuallyAfterDelays(attacked.application.aws, async () => {
      expect(await attacked.application.unfinishedRequests('Query')).toEqual([]);
      expect(Object.values(attacked.application.aws.queueDepths()).every((depth) => Object.values(depth).every((count) => count === 0))).toBe(true);
    });
    expect(attacked.application.aws.deadLetters()).toEqual([]);
    expect(await attacked.trips()).toBe(3);
  });
});
