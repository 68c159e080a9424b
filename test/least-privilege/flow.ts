import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AcceptedMessage, RowsMessage } from '../../src/protocol/messages';
import { eventually } from '../support/eventually';
import { eventuallyAfterDelays } from '../support/local/eventually-after-delays';
import type { HeldEngine } from '../support/local/held-engine';
import type { LocalApplication } from '../support/local/local-application';
import { WebSocketClient } from '../support/local/web-socket-client';

/** Rows of a kilobyte that no compression makes small. */
export const SQL = `
  SELECT n, (SELECT STRING_AGG(MD5(CAST(n AS VARCHAR(20)) || CAST(i AS VARCHAR(20))), '') FROM generate_series(1, 30) AS t(i)) AS text
  FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n`;

/** So many go to the bucket. */
const LARGE = '1000';

/**
 * All actions that clients can cause: queries by message and by URL, sharing, failures, windows, cancellation, disconnection, resuming, and an
 * expired result. Also a malformed message in the delivery queue.
 */
export async function runFlow(
  application: LocalApplication, engine: HeldEngine, id: string, subprotocols: () => Promise<string[]> = async () => [],
): Promise<void> {
  const clients: WebSocketClient[] = [];
  const connect = async (queryString = '') => {
    const client = await WebSocketClient.connect(`${application.url(id)}${queryString}`, await subprotocols());
    clients.push(client);
    return client;
  };
  try {
    await submitAndShare(connect, engine);
    await cancelAndLeave(application, connect, engine, id);
    await resume(application, connect, id);
    await deliverUnreadable(application, id);
  } finally {
    await Promise.all(clients.map(async (client) => client.close()));
  }
  await eventuallyAfterDelays(application.aws, async () => expect(await application.unfinishedRequests(id)).toEqual([]));
  expect(application.faults).toEqual([]);
}

type Connect = (queryString?: string) => Promise<WebSocketClient>;

async function submitAndShare(connect: Connect, engine: HeldEngine): Promise<void> {
  const [first, second] = [await connect('?rows=1'), await connect()];
  expect((await first.waitForResult('connect')).rows).toHaveLength(1);
  const letRun = engine.hold();
  [first, second].forEach((client) => client.submit('shared', { rows: '2' }));
  await Promise.all([first, second].map(async (client) => client.waitFor(({ type, ...message }) => type === 'accepted' && 'id' in message && message.id === 'shared')));
  letRun();
  for (const client of [first, second]) {
    expect((await client.waitForResult('shared')).rows).toHaveLength(2);
  }
  first.submit('failing', { rows: 'none' });
  expect((await first.waitForResult('failing')).terminalMessage).toMatchObject({ type: 'error', code: 'statement_failed' });
}

async function cancelAndLeave(application: LocalApplication, connect: Connect, engine: HeldEngine, id: string): Promise<void> {
  const letRun = engine.hold();
  const [cancelling, leaving] = [await connect(), await connect()];
  cancelling.submit('cancelled', { rows: '3' });
  leaving.submit('left', { rows: '4' });
  await Promise.all([cancelling, leaving].map(async (client) => client.waitFor(({ type }) => type === 'accepted')));
  const cancels = () => application.accesses.filter(({ action }) => action === 'redshift-data:CancelStatement').length;
  const before = cancels();
  cancelling.send({ type: 'cancel', id: 'cancelled' });
  expect((await cancelling.waitForResult('cancelled')).terminalMessage).toMatchObject({ type: 'error', code: 'cancelled' });
  await eventually(() => expect(cancels() - before).toBe(1));
  leaving.socket.terminate();
  // Otherwise SendMessage can find that the client has gone before OnDisconnect does.
  await eventually(async () => expect(await application.unfinishedRequests(id)).toEqual([]));
  letRun();
  await eventuallyAfterDelays(application.aws, async () => expect(await application.unfinishedRequests(id)).toEqual([]));
}

async function deliverUnreadable({ aws }: LocalApplication, id: string): Promise<void> {
  const sqs = new SQSClient({ endpoint: aws.endpoints.sqs, region: 'us-east-1', credentials: aws.credentials });
  const name = aws.outputs[`${id}DeliveryQueueArn`].split(':').pop();
  const body = `unreadable ${id}`;
  await sqs.send(new SendMessageCommand({ QueueUrl: `${aws.endpoints.sqs}/${name}`, MessageBody: body }));
  await eventually(() => expect(aws.deadLetters().map((letter) => letter.body)).toContain(body));
  sqs.destroy();
}

async function resume(application: LocalApplication, connect: Connect, id: string): Promise<void> {
  const client = await connect();
  client.send({ type: 'query', id: 'large', parameters: { rows: LARGE }, options: { window: 1 } });
  const { result } = await client.waitFor((message): message is AcceptedMessage => message.type === 'accepted');
  await client.waitFor((message) => message.type === 'rows');
  client.send({ type: 'more', result, credit: 1000 });
  expect((await client.waitForResult('large')).rows).toHaveLength(Number(LARGE));
  expect(application.aws.objects(application.bucketId(id))).not.toEqual([]);
  // A process remembers the items that it sent; another process must read them.
  await application.aws.killFunction(application.functionId(id, 'sendMessageFunction'));
  const again = await connect();
  again.send({ type: 'resume', id: 'rest', result, after: 0 });
  await again.waitForResult('rest');
  const rows = again.messages.filter((message): message is RowsMessage => message.type === 'rows').flatMap((message) => message.rows);
  expect(rows.at(-1)![0]).toBe(Number(LARGE));
  application.aws.expireObjects(application.bucketId(id));
  await application.aws.killFunction(application.functionId(id, 'sendMessageFunction'));
  again.send({ type: 'resume', id: 'late', result, after: 0 });
  expect((await again.waitForResult('late')).terminalMessage).toMatchObject({ type: 'error', code: 'result_expired' });
}
