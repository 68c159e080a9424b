import type { Client } from '../../../src/client';
import { waitUntilReceived, countRows, useClientTests } from '../support/client-test';
import { complete, createParts, rowsMessages } from '../support/scripted-server';
import type { ScriptedConnection } from '../support/scripted-server';

const tests = useClientTests();
const PARTS = createParts(3);
const MESSAGES = rowsMessages('r', PARTS);
const MINUTE_MS = 60_000;
const LIMITS = { timeLimitMs: 15 * MINUTE_MS };
/** The time limit, plus the margin of the client. */
const END_MS = 17 * MINUTE_MS;

/** Advances the clock on a connection that responds to pings. */
async function passTime(connection: ScriptedConnection, client: Client, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= MINUTE_MS) {
    tests.clock.advance(Math.min(left, MINUTE_MS));
    await waitUntilReceived(connection, client);
  }
}

/** Advances the clock until the client has sent a number of resume messages. */
async function resumed(connection: ScriptedConnection, client: Client, index = 0): Promise<Readonly<Record<string, any>>> {
  while (connection.ofType('resume').length <= index) {
    await waitUntilReceived(connection, client);
    tests.clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return connection.received('resume', index);
}

describe('a query whose terminal message is lost', () => {
  it('is resumed two minutes after its time limit, and returns its rows', async () => {
    const client = tests.client();
    const query = client.query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r', { limits: LIMITS });
    connection.send(MESSAGES[0]);
    await waitUntilReceived(connection, client);
    await passTime(connection, client, END_MS - 1);
    expect(connection.ofType('resume')).toEqual([]);
    await passTime(connection, client, 1001);
    const resume = await connection.received('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    expect(connection.ofType('cancel')).toEqual([{ type: 'cancel', id: request.id }]);
    connection.accept(resume, 'r', { limits: LIMITS });
    connection.send(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('is submitted again when its result has expired', async () => {
    const client = tests.client();
    const query = client.query('by_day', {}, { rows: 'array' });
    const connection = await tests.server.connection();
    connection.accept(await connection.received('query'), 'r', { limits: LIMITS });
    await waitUntilReceived(connection, client);
    await passTime(connection, client, END_MS + 1000);
    const { id } = await connection.received('resume');
    connection.send({ type: 'error', id, code: 'result_expired', message: 'Gone.', retryable: false });
    const again = await connection.until(() => connection.messages.filter(({ query: name }) => name === 'by_day')[1]);
    connection.sendResult(again, 's', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('rejects with no_response when the service does not end it after five resumes', async () => {
    const client = tests.client();
    const failed = client.query().catch(({ code }) => code);
    const connection = await tests.server.connection();
    connection.accept(await connection.received('query'), 'r', { limits: LIMITS });
    await waitUntilReceived(connection, client);
    await passTime(connection, client, END_MS);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      connection.accept(await resumed(connection, client, attempt), 'r', { limits: LIMITS });
      await waitUntilReceived(connection, client);
      // The time limit has passed, so only the margin remains.
      await passTime(connection, client, 2 * MINUTE_MS);
    }
    expect(await failed).toBe('no_response');
  });

  it('is not resumed while messages of its result arrive, or the caller has not read them', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = countRows();
    const whole = client.query('whole', {}, { rows: 'array', onProgress });
    const connection = await tests.server.connection();
    const request = await connection.received('query');
    connection.accept(request, 'r', { limits: LIMITS });
    const slow = client.query('slow', {}, { rows: 'array', window: 1 })[Symbol.asyncIterator]();
    const other = await connection.received('query', 1);
    connection.accept(other, 's', { limits: LIMITS });
    connection.send(rowsMessages('s', PARTS)[0]);
    await waitUntilReceived(connection, client);
    await passTime(connection, client, END_MS - MINUTE_MS);
    for (const [index, message] of MESSAGES.entries()) {
      connection.send(message);
      await atLeast(2 * (index + 1));
      await passTime(connection, client, 1.5 * MINUTE_MS);
    }
    expect(connection.ofType('resume')).toEqual([]);
    connection.send(complete(request, 'r', PARTS));
    expect((await whole).rows).toEqual(PARTS.flat());
    expect((await slow.next()).value?.rows).toEqual(PARTS[0]);
    expect(await resumed(connection, client)).toMatchObject({ result: 's', after: 0 });
  });
});
