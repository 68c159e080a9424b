import { WebSocket } from 'ws';
import { ConnectionAccess } from '../../../src';
import { connect } from '../../../src/client';
import type { QueryProgress } from '../../../src/client';
import { eventually } from '../../support/eventually';
import { AUDIENCE } from '../../support/local/access-application';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { TestIssuer } from '../../support/local/test-issuer';

/** The service sends its going-away notice after half of it. */
const FIRST_TOKEN_SECONDS = 20;

let issuer: TestIssuer;
let engine: HeldEngine;
let application: LocalApplication;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  engine = new HeldEngine(await emptyDatabase());
  application = await startLocalApplication(
    { Series: ['SELECT n FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n', 'rows'] },
    engine,
    { extraCaCertificates: issuer.certificateFile },
    () => ({ access: ConnectionAccess.openIdConnect({ issuer: issuer.url, audience: [AUDIENCE] }), maxQueriesPerCaller: 1, maxRows: 5000 }),
  );
});

afterAll(async () => {
  await application?.close();
  await engine?.close();
  await issuer?.close();
});

it('moves a query to a connection with a new token before its token expires, when its caller is limited to one query', async () => {
  let tokens = 0;
  const token = async (): Promise<string> => {
    tokens += 1;
    return issuer.token({ aud: AUDIENCE, ...(tokens === 1 ? { exp: Math.floor(Date.now() / 1000) + FIRST_TOKEN_SECONDS } : {}) });
  };
  const client = connect(application.url('Series'), { WebSocket, token });
  const states: string[] = [];
  const letRun = engine.hold();
  const progress: QueryProgress[] = [];
  try {
    const bounds = { messageBytes: 32768, queriesPerConnection: 20, queriesPerCaller: 1, messagesPerSecond: 1000, burst: 2000 };
    expect(await client.limits()).toEqual(bounds);
    const query = client.query({ rows: '3000' }, { rows: 'array', onProgress: (message) => progress.push(message) });
    await eventually(() => expect(progress.at(-1)?.limits).toEqual({ timeLimitMs: 900_000, rows: 5000 }));
    client.onStateChange(({ name }) => states.push(name));
    await eventually(() => expect(application.aws.connections()).toBe(2));
    await eventually(() => expect(application.aws.connections()).toBe(1));
    letRun();
    expect((await query).rows).toEqual(Array.from({ length: 3000 }, (_, index) => [index + 1]));
  } finally {
    letRun();
    client.close();
  }
  expect(tokens).toBe(2);
  expect(engine.statements).toBe(1);
  expect(states).toEqual(['closed']);
});
