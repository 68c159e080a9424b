import { WebSocket } from 'ws';
import { connect, QueryError } from '../../../src/client';
import type { Client, ClientOptions } from '../../../src/client';
import { eventually } from '../../support/eventually';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';

const QUERIES = {
  Series: ['SELECT n, \'row number \' || n AS label FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n', 'rows'],
  Failing: ['SELECT 1 / CAST(:divisor AS INTEGER) AS quotient', 'divisor'],
  Exact: ['SELECT CAST(9007199254740993 AS BIGINT) AS large, CAST(0.10 AS DECIMAL(4, 2)) AS price, CAST(NULL AS INTEGER) AS nothing, \'\' AS empty'],
} as const;

/** The WebSockets that clients have opened, so that a test can break them. */
const sockets: BreakableWebSocket[] = [];

class BreakableWebSocket extends WebSocket {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols);
    sockets.push(this);
  }
}

let engine: HeldEngine;
let application: LocalApplication;
const clients: Client[] = [];

beforeAll(async () => {
  engine = new HeldEngine(await emptyDatabase());
  application = await startLocalApplication(QUERIES, engine);
});

afterEach(() => {
  clients.splice(0).forEach((client) => client.close());
  sockets.splice(0);
});

afterAll(async () => {
  await application?.close();
  await engine?.close();
});

function clientOf(id: keyof typeof QUERIES, options: ClientOptions = {}): Client {
  const client = connect(application.url(id), { WebSocket: BreakableWebSocket, ...options });
  clients.push(client);
  return client;
}

function series(rows: number) {
  return Array.from({ length: rows }, (_, index) => ({ n: index + 1, label: `row number ${index + 1}` }));
}

describe.each([['compressed', true], ['uncompressed', false]])('the client library with %s rows', (_, compression) => {
  it('returns a complete result', async () => {
    const { rows, columns, truncated } = await clientOf('Series', { compression }).query({ rows: '5000' });
    expect(rows).toEqual(series(5000));
    expect(columns).toMatchObject([{ name: 'n', type: 'int4' }, { name: 'label' }]);
    expect(truncated).toBe(false);
  });

  it('returns each of 20,000 rows once, in order, when it reads them slowly', async () => {
    const batches: { offset: number; rows: readonly unknown[] }[] = [];
    for await (const batch of clientOf('Series', { compression }).query({ rows: '20000' }, { window: 2 })) {
      batches.push(batch);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(batches.length).toBeGreaterThan(5);
    expect(batches.flatMap(({ rows }) => rows)).toEqual(series(20_000));
  });

  it('returns each row once, from one statement, when its connection breaks repeatedly', async () => {
    const before = engine.statements;
    const seen: unknown[] = [];
    for await (const { rows } of clientOf('Series', { compression, random: () => 0 }).query({ rows: '19999' }, { window: 4 })) {
      seen.push(...rows);
      if (sockets.length < 4) {
        sockets.at(-1)!.terminate();
      }
    }
    expect(seen).toEqual(series(19_999));
    expect(sockets.length).toBe(4);
    expect(engine.statements - before).toBe(1);
  });
});

describe('the client library', () => {
  it('returns the results of five concurrent queries on one connection', async () => {
    const client = clientOf('Series');
    const results = await Promise.all([11, 12, 13, 14, 15].map(async (rows) => client.query({ rows: String(rows) })));
    expect(results.map(({ rows }) => rows.length)).toEqual([11, 12, 13, 14, 15]);
    expect(sockets).toHaveLength(1);
  });

  it('returns all rows to two identical queries, from one statement', async () => {
    const before = engine.statements;
    const client = clientOf('Series');
    const [one, other] = await Promise.all([client.query({ rows: '3001' }), client.query({ rows: '3001' })]);
    expect(one.rows).toEqual(series(3001));
    expect(other.rows).toEqual(one.rows);
    expect(engine.statements - before).toBe(1);
  });

  it('cancels the statement when its caller aborts the query', async () => {
    const letRun = engine.hold();
    const stop = new AbortController();
    const states: string[] = [];
    const query = clientOf('Series').query({ rows: '8' }, {
      signal: stop.signal,
      onProgress: ({ state }) => {
        states.push(state);
        if (state === 'accepted') {
          stop.abort(new Error('enough'));
        }
      },
    });
    await expect(query).rejects.toThrow('enough');
    expect(states.at(-1)).toBe('accepted');
    await eventually(() => expect(application.logged.join('\n')).toContain('statement_canceled'));
    letRun();
  });

  it('throws the error of the database when a statement fails', async () => {
    const query = clientOf('Failing').query({ divisor: '0' });
    await expect(query).rejects.toThrow('ERROR: division by zero');
    await expect(query).rejects.toBeInstanceOf(QueryError);
    await expect(query).rejects.toMatchObject({ code: 'statement_failed', retryable: false });
  });

  it('throws with the name of a parameter that the query does not have', async () => {
    await expect(clientOf('Failing').query({ divider: '1' })).rejects.toMatchObject({ code: 'unknown_parameter', message: expect.stringContaining('"divider"') });
  });

  it.each([
    [{}, { large: '9007199254740993', price: '0.10', nothing: null, empty: '' }],
    [{ bigint: 'bigint', decimal: 'number' }, { large: 9007199254740993n, price: 0.1, nothing: null, empty: '' }],
  ] as const)('returns numbers as the options %j require', async (options, row) => {
    expect((await clientOf('Exact', options).query()).rows).toEqual([row]);
  });

  it('leaves no requests without a terminal message', async () => {
    for (const id of Object.keys(QUERIES)) {
      await eventually(async () => expect(await application.unfinishedRequests(id)).toEqual([]));
    }
  });
});
