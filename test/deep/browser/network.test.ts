import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { connect } from '../../../src/client';
import { PACKAGES } from '../../package/packages';
import { launchBrowser, planBrowserTests } from '../../support/browser';
import { eventually } from '../../support/eventually';
import { BreakableNetwork } from '../../support/local/breakable-network';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';

const PLAN = planBrowserTests();
const pageIt = PLAN === 'run' ? it : it.skip;
const CLIENT = path.join(PACKAGES['redshift-websocket-client'], 'lib', 'index.js');
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { connect } from './client.js';
  globalThis.connect = connect;
</script>`;

const ROWS = 20_000;
/** Compression hardly reduces these rows, so that the connection can break in the middle of the result. */
const QUERIES = {
  Series: ['SELECT n, MD5(CAST(n AS VARCHAR)) AS digest FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n', 'rows'],
} as const;
const BREAK_AFTER_BYTES = 60_000;

/** The globals of the page. */
interface PageGlobals {
  connect: typeof connect;
  client?: ReturnType<typeof connect>;
  rows: (readonly unknown[])[];
  states: string[];
  failure?: string;
  isComplete: boolean;
}

let browser: Browser;
let files: http.Server;
let engine: HeldEngine;
let application: LocalApplication;
let network: BreakableNetwork;
let page: Page;

beforeAll(async () => {
  if (PLAN === 'run') {
    browser = await launchBrowser();
    files = http.createServer(({ url }, response) => {
      const isScript = url === '/client.js';
      response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? fs.readFileSync(CLIENT) : PAGE);
    });
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    engine = new HeldEngine(await emptyDatabase());
    application = await startLocalApplication(QUERIES, engine);
  }
}, 60_000);

beforeEach(async () => {
  if (PLAN === 'run') {
    network = await BreakableNetwork.before(application.aws.port);
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.connect !== undefined');
  }
});

afterEach(async () => {
  await page?.context().close();
  await network?.close();
});

afterAll(async () => {
  await browser?.close();
  files?.close();
  await application?.close();
  await engine?.close();
});

/** Submits the query in the page through the network, and stores each row that the client returns. */
async function submit(rows: number): Promise<void> {
  const url = application.url('Series').replace(`:${application.aws.port}/`, `:${network.port}/`);
  await page.evaluate(async ([address, count]) => {
    const globals = globalThis as unknown as PageGlobals;
    Object.assign(globals, { rows: [], states: [], isComplete: false });
    const client = globals.client ?? globals.connect(address);
    if (globals.client === undefined) {
      globals.client = client;
      client.onStateChange(({ name }) => globals.states.push(name));
    }
    const storeRows = async (): Promise<void> => {
      for await (const batch of client.query({ rows: count }, { rows: 'array' })) {
        globals.rows.push(...batch.rows);
      }
      globals.isComplete = true;
    };
    storeRows().catch((error: unknown) => {
      globals.failure = String(error);
    });
  }, [url, String(rows)] as const);
}

/** Waits for the last row. Fails if the query fails. */
async function waitForCompletion(): Promise<void> {
  await page.waitForFunction('globalThis.isComplete || globalThis.failure !== undefined', undefined, { timeout: 90_000 });
  expect(await page.evaluate(() => (globalThis as unknown as PageGlobals).failure)).toBeUndefined();
}

/** Summarizes the rows that the client returned: their number, the number of different rows, and the first row in a wrong position. */
async function summarizeRows(): Promise<{ rows: number; different: number; misplaced: unknown }> {
  return page.evaluate(() => {
    const { rows } = globalThis as unknown as PageGlobals;
    return {
      rows: rows.length,
      different: new Set(rows.map(([n, digest]) => `${String(n)} ${String(digest)}`)).size,
      misplaced: rows.find(([n], index) => n !== index + 1) ?? 'none',
    };
  });
}

const ALL = { rows: ROWS, different: ROWS, misplaced: 'none' };

pageIt('the client returns 20,000 rows of one statement once and in order when the network breaks three times', async () => {
  const statements = engine.statements;
  const cut = { afterBytes: BREAK_AFTER_BYTES, how: 'cut' } as const;
  network.breakNext(cut, cut, cut);
  await submit(ROWS);
  await waitForCompletion();
  expect(network.broken).toEqual(['cut', 'cut', 'cut']);
  expect(await summarizeRows()).toEqual(ALL);
  expect(engine.statements - statements).toBe(1);
}, 120_000);

pageIt('the client reconnects for the remaining rows when the network delivers nothing for four minutes', async () => {
  await page.clock.install();
  network.breakNext({ afterBytes: BREAK_AFTER_BYTES, how: 'freeze' });
  await submit(ROWS);
  await eventually(() => expect(network.broken).toEqual(['freeze']), 60_000);
  await page.waitForFunction('globalThis.rows.length > 0');
  const states = async (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as PageGlobals).states);
  expect(await states()).not.toContain('waiting');
  // The client sends a ping after four minutes of silence, and waits ten seconds for the pong.
  await page.clock.fastForward(4 * 60_000);
  expect(await states()).not.toContain('waiting');
  await page.clock.fastForward(10_000);
  await eventually(async () => expect(await states()).toContain('waiting'));
  await waitForCompletion();
  expect(await summarizeRows()).toEqual(ALL);
}, 120_000);

pageIt('the client reconnects within seconds when the browser is offline while the network delivers nothing', async () => {
  await page.clock.install();
  network.breakNext({ afterBytes: BREAK_AFTER_BYTES, how: 'freeze' });
  await submit(ROWS);
  await eventually(() => expect(network.broken).toEqual(['freeze']), 60_000);
  await page.evaluate("dispatchEvent(new Event('offline'))");
  await page.clock.fastForward(10_000);
  await waitForCompletion();
  expect(await summarizeRows()).toEqual(ALL);
}, 120_000);

describe('a connection that is open without delivering anything', () => {
  pageIt('is replaced 14 seconds after the next query', async () => {
    await page.clock.install();
    await submit(10);
    await waitForCompletion();
    network.freeze();
    await submit(ROWS);
    // The client sends a ping after four seconds without a message, and waits ten seconds for the pong.
    await page.clock.fastForward(4000);
    expect(await page.evaluate(() => (globalThis as unknown as PageGlobals).states)).not.toContain('waiting');
    await page.clock.fastForward(10_000);
    await waitForCompletion();
    expect(await summarizeRows()).toEqual(ALL);
  }, 120_000);

  pageIt.each([
    ['visibilitychange', "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"],
    ['pageshow', "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"],
  ])('is replaced 10 seconds after %s', async (_, dispatch) => {
    await page.clock.install();
    network.breakNext({ afterBytes: BREAK_AFTER_BYTES, how: 'freeze' });
    await submit(ROWS);
    await eventually(() => expect(network.broken).toEqual(['freeze']), 60_000);
    await page.evaluate(dispatch);
    await page.clock.fastForward(10_000);
    await waitForCompletion();
    expect(await summarizeRows()).toEqual(ALL);
  }, 120_000);
});
