import { complete, partsOf, rowsMessages } from './scripted-server';
import type { ScriptedConnection } from './scripted-server';
import { heardBy, rowsCounted, useClientTests } from './use-client';
import type { Client } from '../../src/client';

const tests = useClientTests();
const PARTS = partsOf(3);
const MESSAGES = rowsMessages('r', PARTS);
const MINUTE_MS = 60_000;
const LIMITS = { timeLimitMs: 15 * MINUTE_MS };
/** The time limit and the margin. */
const END_MS = 17 * MINUTE_MS;

/** Lets time pass on a connection that is open and answers pings. */
async function passTime(connection: ScriptedConnection, client: Client, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= MINUTE_MS) {
    tests.clock.advance(Math.min(left, MINUTE_MS));
    await heardBy(connection, client);
  }
}

/** Lets time pass until the client resumes for the n-th time, from 0. */
async function resumed(connection: ScriptedConnection, client: Client, index = 0): Promise<Readonly<Record<string, any>>> {
  while (connection.of('resume').length <= index) {
    await heardBy(connection, client);
    tests.clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return connection.heard('resume', index);
}

describe('a query whose terminal message is lost', () => {
  it('is resumed two minutes after its time limit, and gets its rows', async () => {
    const client = tests.client();
    const query = client.query({}, { rows: 'array' });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r', { limits: LIMITS });
    connection.say(MESSAGES[0]);
    await heardBy(connection, client);
    await passTime(connection, client, END_MS - 1);
    expect(connection.of('resume')).toEqual([]);
    await passTime(connection, client, 1001);
    const resume = await connection.heard('resume');
    expect(resume).toMatchObject({ result: 'r', after: 0 });
    expect(connection.of('cancel')).toEqual([{ type: 'cancel', id: question.id }]);
    connection.accept(resume, 'r', { limits: LIMITS });
    connection.say(...MESSAGES.slice(1), complete(resume, 'r', PARTS));
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('is submitted again when its result is gone, as after a wrong 410 that ended its run', async () => {
    const client = tests.client();
    const query = client.query('by_day', {}, { rows: 'array' });
    const connection = await tests.server.connection();
    connection.accept(await connection.heard('query'), 'r', { limits: LIMITS });
    await heardBy(connection, client);
    await passTime(connection, client, END_MS + 1000);
    const { id } = await connection.heard('resume');
    connection.say({ type: 'error', id, code: 'result_expired', message: 'Gone.', retryable: false });
    const again = await connection.until(() => connection.messages.filter(({ query: name }) => name === 'by_day')[1]);
    connection.answer(again, 's', PARTS);
    expect((await query).rows).toEqual(PARTS.flat());
  });

  it('fails as unanswered when the service never ends it, five resumes later', async () => {
    const client = tests.client();
    const failed = client.query().catch(({ code }) => code);
    const connection = await tests.server.connection();
    connection.accept(await connection.heard('query'), 'r', { limits: LIMITS });
    await heardBy(connection, client);
    await passTime(connection, client, END_MS);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      connection.accept(await resumed(connection, client, attempt), 'r', { limits: LIMITS });
      await heardBy(connection, client);
      // The time limit has passed already; only the margin counts.
      await passTime(connection, client, 2 * MINUTE_MS);
    }
    expect(await failed).toBe('no_response');
  });

  it('is not resumed while messages of its result still come, or its caller has not taken them', async () => {
    const client = tests.client();
    const { onProgress, atLeast } = rowsCounted();
    const whole = client.query('whole', {}, { rows: 'array', onProgress });
    const connection = await tests.server.connection();
    const question = await connection.heard('query');
    connection.accept(question, 'r', { limits: LIMITS });
    const slow = client.query('slow', {}, { rows: 'array', window: 1 })[Symbol.asyncIterator]();
    const other = await connection.heard('query', 1);
    connection.accept(other, 's', { limits: LIMITS });
    connection.say(rowsMessages('s', PARTS)[0]);
    await heardBy(connection, client);
    await passTime(connection, client, END_MS - MINUTE_MS);
    for (const [index, message] of MESSAGES.entries()) {
      connection.say(message);
      await atLeast(2 * (index + 1));
      await passTime(connection, client, 1.5 * MINUTE_MS);
    }
    expect(connection.of('resume')).toEqual([]);
    connection.say(complete(question, 'r', PARTS));
    expect((await whole).rows).toEqual(PARTS.flat());
    expect((await slow.next()).value?.rows).toEqual(PARTS[0]);
    expect(await resumed(connection, client)).toMatchObject({ result: 's', after: 0 });
  });
});
