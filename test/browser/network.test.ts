import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { connect } from '../../src/client';
import { BreakableNetwork } from '../support/breakable-network';
import { launchBrowser, planBrowserTests } from '../support/browser';
import { emptyDatabase } from '../support/empty-database';
import { eventually } from '../support/eventually';
import { HeldEngine } from '../support/held-engine';
import { startLocalApplication } from '../support/local-application';
import type { LocalApplication } from '../support/local-application';

const PLAN = planBrowserTests();
const browserTest = PLAN === 'run' ? test : test.skip;
const CLIENT = path.join(__dirname, '..', '..', 'packages', 'redshift-websocket-client', 'lib', 'index.js');
const PAGE = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { connect } from './client.js';
  globalThis.connect = connect;
</script>`;

const ROWS = 20_000;
/** Rows that hardly become smaller when they are compressed, so that there is a middle to break the connection in. */
const QUERIES = { Series: ['SELECT n, MD5(CAST(n AS VARCHAR)) AS digest FROM generate_series(1, CAST(:rows AS INTEGER)) AS s(n) ORDER BY n', 'rows'] } as const;
const BREAK_AFTER_BYTES = 60_000;

/** The page's own globals. */
interface PageGlobals {
  connect: typeof connect;
  client?: ReturnType<typeof connect>;
  seen: (readonly unknown[])[];
  states: string[];
  failure?: string;
  isWhole: boolean;
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

/** Has the page ask through the network, and keep each row as it is handed out. */
async function ask(rows: number): Promise<void> {
  const url = application.url('Series').replace(`:${application.aws.port}/`, `:${network.port}/`);
  await page.evaluate(async ([address, count]) => {
    const globals = globalThis as unknown as PageGlobals;
    Object.assign(globals, { seen: [], states: [], isWhole: false });
    const client = globals.client ?? globals.connect(address);
    if (globals.client === undefined) {
      globals.client = client;
      client.onStateChange(({ name }) => globals.states.push(name));
    }
    const takeAll = async (): Promise<void> => {
      for await (const batch of client.query({ rows: count }, { rows: 'array' })) {
        globals.seen.push(...batch.rows);
      }
      globals.isWhole = true;
    };
    takeAll().catch((error: unknown) => {
      globals.failure = String(error);
    });
  }, [url, String(rows)] as const);
}

async function ends(): Promise<void> {
  await page.waitForFunction('globalThis.isWhole || globalThis.failure !== undefined', undefined, { timeout: 90_000 });
  expect(await page.evaluate(() => (globalThis as unknown as PageGlobals).failure)).toBeUndefined();
}

/** What the page was handed out: how many rows, how many different ones, and the first that is not in its place. */
async function rowsSeen(): Promise<{ rows: number; different: number; misplaced: unknown }> {
  return page.evaluate(() => {
    const { seen } = globalThis as unknown as PageGlobals;
    return {
      rows: seen.length,
      different: new Set(seen.map(([n, digest]) => `${String(n)} ${String(digest)}`)).size,
      misplaced: seen.find(([n], index) => n !== index + 1) ?? 'none',
    };
  });
}

const ALL = { rows: ROWS, different: ROWS, misplaced: 'none' };

browserTest('a network that is cut three times in the middle of 20,000 rows: the page sees all of them once, in order, of one statement', async () => {
  const statements = engine.statements;
  const cut = { afterBytes: BREAK_AFTER_BYTES, how: 'cut' } as const;
  network.breakNext(cut, cut, cut);
  await ask(ROWS);
  await ends();
  expect(network.broken).toEqual(['cut', 'cut', 'cut']);
  expect(await rowsSeen()).toEqual(ALL);
  expect(engine.statements - statements).toBe(1);
}, 120_000);

browserTest('a network that goes silent without closing anything: the missing pong tells, and the rest comes over another connection', async () => {
  await page.clock.install();
  network.breakNext({ afterBytes: BREAK_AFTER_BYTES, how: 'freeze' });
  await ask(ROWS);
  await eventually(() => expect(network.broken).toEqual(['freeze']), 60_000);
  await page.waitForFunction('globalThis.seen.length > 0');
  const states = async (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as PageGlobals).states);
  expect(await states()).not.toContain('waiting');
  // Four minutes of silence, and then the seconds that a pong may take.
  await page.clock.fastForward(4 * 60_000);
  expect(await states()).not.toContain('waiting');
  await page.clock.fastForward(10_000);
  await eventually(async () => expect(await states()).toContain('waiting'));
  await ends();
  expect(await rowsSeen()).toEqual(ALL);
}, 120_000);

browserTest('a page that hears that it is offline does not wait for minutes to find a silent network out', async () => {
  await page.clock.install();
  network.breakNext({ afterBytes: BREAK_AFTER_BYTES, how: 'freeze' });
  await ask(ROWS);
  await eventually(() => expect(network.broken).toEqual(['freeze']), 60_000);
  await page.evaluate("dispatchEvent(new Event('offline'))");
  await page.clock.fastForward(10_000);
  await ends();
  expect(await rowsSeen()).toEqual(ALL);
}, 120_000);

describe('a connection that is open but dead', () => {
  browserTest('is replaced 14 s after the next query, which then gets all its rows', async () => {
    await page.clock.install();
    await ask(10);
    await ends();
    network.freeze();
    await ask(ROWS);
    // Four seconds until it is checked, and then the seconds that a pong may take.
    await page.clock.fastForward(4000);
    expect(await page.evaluate(() => (globalThis as unknown as PageGlobals).states)).not.toContain('waiting');
    await page.clock.fastForward(10_000);
    await ends();
    expect(await rowsSeen()).toEqual(ALL);
  }, 120_000);

  browserTest.each([
    ['visibilitychange', "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))"],
    ['pageshow', "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"],
  ])('is replaced 10 s after %s', async (_, dispatch) => {
    await page.clock.install();
    network.breakNext({ afterBytes: BREAK_AFTER_BYTES, how: 'freeze' });
    await ask(ROWS);
    await eventually(() => expect(network.broken).toEqual(['freeze']), 60_000);
    await page.evaluate(dispatch);
    await page.clock.fastForward(10_000);
    await ends();
    expect(await rowsSeen()).toEqual(ALL);
  }, 120_000);
});
