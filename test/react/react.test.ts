import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { invalidArguments } from './invalid-arguments';
import type { PageGlobals, RenderedState, TripsProps } from './page';
import { createParts, ScriptedServer } from '../client/support/scripted-server';
import { launchBrowser, planBrowserTests } from '../support/browser';

const PLAN = planBrowserTests();
const pageTest = PLAN === 'run' ? test : test.skip;
const ROWS = createParts(1).flat();
const HEADERS = { 'content-security-policy': "default-src 'none'; script-src 'self'; img-src data:; connect-src ws://127.0.0.1:*" };

let browser: Browser;
let files: http.Server;
let page: Page;
let service: ScriptedServer;
const errors: string[] = [];

// Jest doesn't call them when it skips all tests.
beforeAll(async () => {
  [browser, files] = await Promise.all([launchBrowser(), bundledPage().then(serve)]);
  page = await browser.newPage();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
});
afterEach(async () => {
  const uncaught = await page.evaluate(() => (globalThis as unknown as PageGlobals).uncaughtErrors);
  expect([...uncaught, ...errors.splice(0)]).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  files?.close();
});

/** Loads the page again, with clients of a new service. */
async function openPage(): Promise<void> {
  const previous: ScriptedServer | undefined = service;
  service = await ScriptedServer.start();
  await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/?url=${encodeURIComponent(service.url)}`);
  await previous?.stop();
}

/** The page with the development version of React, which reports errors. */
async function bundledPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(__dirname, 'page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  return outputFiles[0].text;
}

async function serve(script: string): Promise<http.Server> {
  const server = http.createServer(({ url = '/' }, response) => {
    const isScript = url.startsWith('/page.js');
    response.writeHead(200, { ...HEADERS, 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(isScript ? script : '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function show(props: TripsProps | undefined): Promise<void> {
  await page.evaluate((input) => (globalThis as unknown as PageGlobals).render(input), props);
}

async function shown(): Promise<RenderedState[]> {
  return page.evaluate(() => (globalThis as unknown as PageGlobals).rendered);
}

async function shows(status: string, rows?: readonly unknown[]): Promise<void> {
  await page.getByText(JSON.stringify({ status, rows }), { exact: true }).waitFor();
}

describe('useRedshiftQuery', () => {
  beforeEach(openPage);

  pageTest('returns the rows of a result, and submits once in StrictMode', async () => {
    await show({ month: '2015-01' });
    const connection = await service.connection();
    const request = await connection.received('query');
    expect(request).toMatchObject({ query: 'by_day', parameters: { month: '2015-01' } });
    await shows('loading');
    connection.accept(request, 'r');
    connection.send({ type: 'progress', result: 'r', state: 'running', elapsedMs: 5000 });
    await page.waitForFunction(() => (globalThis as unknown as PageGlobals).rendered.at(-1)?.progress === 'running');
    connection.sendResult(request, 'r', createParts(1));
    await shows('success', ROWS);
    expect(connection.messages).toHaveLength(1);
    expect((await shown()).at(-1)).toEqual({ month: '2015-01', status: 'success', rows: ROWS });
  });

  pageTest('submits nothing when the parameters have the same values', async () => {
    await show({ month: '2015-01', vendors: ['a'] });
    const connection = await service.connection();
    connection.sendResult(await connection.received('query'), 'r', createParts(1));
    await shows('success', ROWS);
    await show({ vendors: ['a'], month: '2015-01' });
    await show({ month: '2015-01', vendors: ['b'] });
    const second = await connection.received('query', 1);
    expect(second.parameters).toEqual({ month: '2015-01', vendors: ['b'] });
    expect(connection.messages).toHaveLength(2);
  });

  pageTest('cancels the query when the component is unmounted', async () => {
    await show({ month: '2015-01' });
    const connection = await service.connection();
    const request = await connection.received('query');
    await show(undefined);
    expect(await connection.received('cancel')).toEqual({ type: 'cancel', id: request.id });
    connection.sendResult(request, 'r', createParts(1));
    await show({ month: '2015-02' });
    connection.sendResult(await connection.received('query', 1), 's', createParts(1));
    await shows('success', ROWS);
  });

  pageTest('cancels the previous queries, and never returns their rows, when parameters change quickly', async () => {
    await show({ month: '2015-01' });
    const connection = await service.connection();
    connection.sendResult(await connection.received('query'), 'r', createParts(1));
    await shows('success', ROWS);
    const queries = [];
    for (const [index, month] of ['2015-02', '2015-03', '2015-04'].entries()) {
      await show({ month });
      // The hook can cancel a query before the client submits it, and then the service receives neither.
      queries.push(await connection.received('query', index + 1));
    }
    const [second, third, fourth] = queries;
    await connection.received('cancel', 1);
    expect(connection.ofType('cancel').map(({ id }) => id)).toEqual([second.id, third.id]);
    connection.sendResult(second, 's', [[['february', 1]]]);
    connection.sendResult(fourth, 'u', [[['april', 1]]]);
    connection.sendResult(third, 't', [[['march', 1]]]);
    await shows('success', [['april', 1]]);
    const wrong = (await shown()).filter(({ month, rows }) => rows !== undefined && month !== (rows.length === 2 ? '2015-01' : '2015-04'));
    expect(wrong).toEqual([]);
  });

  pageTest('returns the previous rows until the new ones arrive when keepPreviousRows is true', async () => {
    await show({ month: '2015-01', keepPreviousRows: true });
    const connection = await service.connection();
    connection.sendResult(await connection.received('query'), 'r', createParts(1));
    await shows('success', ROWS);
    await show({ month: '2015-02', keepPreviousRows: true });
    const second = await connection.received('query', 1);
    await shows('loading', ROWS);
    connection.sendResult(second, 's', [[['february', 1]]]);
    await shows('success', [['february', 1]]);
  });

  pageTest('submits nothing when the parameters are undefined, or skip is true', async () => {
    await show({});
    await shows('idle');
    await show({ month: '2015-01', skip: true });
    await shows('idle');
    expect(service.connections).toHaveLength(0);
    await show({ month: '2015-01' });
    await (await service.connection()).received('query');
    await shows('loading');
    await show({});
    await shows('idle');
    await service.connections[0].received('cancel');
  });

  pageTest('returns the error, and submits again when refetch is called', async () => {
    await show({ month: '2015-01' });
    const connection = await service.connection();
    const { id } = await connection.received('query');
    connection.send({ type: 'error', id, code: 'unknown_query', message: 'No such query.', retryable: false });
    await shows('error');
    expect((await shown()).at(-1)?.error).toBe('No such query.');
    await page.evaluate(() => (globalThis as unknown as PageGlobals).refetch());
    const again = await connection.received('query', 1);
    await shows('loading');
    expect((await shown()).at(-1)?.error).toBeUndefined();
    connection.sendResult(again, 'r', createParts(1));
    await shows('success', ROWS);
    await page.evaluate(() => (globalThis as unknown as PageGlobals).refetch());
    const third = await connection.received('query', 2);
    await shows('loading', ROWS);
    connection.send({ type: 'error', id: third.id, code: 'internal', message: 'Failed.', retryable: true });
    await shows('error', ROWS);
  });

  pageTest('submits to another client when the client changes', async () => {
    await show({ month: '2015-01' });
    const first = await service.connection(0);
    first.sendResult(await first.received('query'), 'r', createParts(1));
    await shows('success', ROWS);
    await show({ month: '2015-01', service: 1 });
    const second = await service.connection(1);
    await second.received('query');
    await shows('loading');
  });

  pageTest('submits null after NaN, which JSON converts to null', async () => {
    await page.evaluate(() => (globalThis as unknown as PageGlobals).renderInvalid('NaN in a list'));
    await shows('error');
    await show({ month: '2015-01', vendors: [NaN as unknown as string] });
    await shows('error');
    await show({ month: '2015-01', vendors: [null as unknown as string] });
    const connection = await service.connection();
    expect((await connection.received('query')).parameters).toEqual({ month: '2015-01', vendors: [null] });
  });
});

describe('useRedshiftQuery with invalid arguments', () => {
  beforeAll(openPage);

  /** Renders invalid arguments, then valid props, and returns the parameters of all queries that the service received. */
  async function submittedWith(kind: string, error: string, props: TripsProps): Promise<unknown[]> {
    const submitted = (): unknown[] => service.connections.flatMap((connection) => connection.ofType('query').map(({ parameters }) => parameters));
    const before = submitted().length;
    await page.evaluate((input) => (globalThis as unknown as PageGlobals).renderInvalid(input), kind);
    await shows('error');
    expect((await shown()).at(-1)?.error).toContain(error);
    await show(props);
    await (await service.connection()).received('query', before);
    return submitted().slice(before);
  }

  pageTest.each(Object.entries(invalidArguments(undefined)))('returns the status error, and submits nothing, when it receives %s', async (kind, [, error]) => {
    expect(await submittedWith(kind, error, { month: '2016-02' })).toEqual([{ month: '2016-02' }]);
    expect(service.connections).toHaveLength(1);
  });
});
