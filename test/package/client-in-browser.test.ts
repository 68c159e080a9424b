import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { PACKAGES } from './packages';
import { complete, createBatch, createParts, rowsMessages, ScriptedServer } from '../client/support/scripted-server';
import { launchBrowser, planBrowserTests } from '../support/browser';

const PLAN = planBrowserTests();
const pageTest = PLAN === 'run' ? test : test.skip;
const ENTRY = path.join(PACKAGES['redshift-websocket-client'], 'lib', 'index.js');

/** A Content-Security-Policy that allows only the requirements of the client. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self' ws://127.0.0.1:*; img-src data:";

const PAGE = `
import { connect } from './index.js';
const client = connect(new URLSearchParams(location.search).get('url'));
client.onStateChange(({ name }) => { document.title = [document.title, name].join(' '); });
const rows = [];
for await (const batch of client.query('by_day', { day: '2015-01-01' }, { rows: 'array' })) {
  rows.push(...batch.rows);
}
document.body.textContent = JSON.stringify(rows);
`;

const FILES: Readonly<Record<string, readonly [type: string, read: () => string]>> = {
  '/': ['text/html; charset=utf-8', () => '<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="page.js"></script>'],
  '/page.js': ['text/javascript', () => PAGE],
  '/index.js': ['text/javascript', () => fs.readFileSync(ENTRY, 'utf8')],
};

let browser: Browser | undefined;
let files: http.Server;
let service: ScriptedServer;

beforeAll(async () => {
  browser = PLAN === 'run' ? await launchBrowser() : undefined;
  files = await serve();
  service = await ScriptedServer.start();
});
afterAll(async () => {
  await browser?.close();
  await service.stop();
  files.closeAllConnections();
  files.close();
});

async function serve(): Promise<http.Server> {
  const server = http.createServer(({ url = '/' }, response) => {
    const [type, read] = FILES[url.split('?')[0]] ?? ['text/plain', () => ''];
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(read());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

pageTest('a page without a bundler, under a strict policy, iterates over compressed rows, and receives the remaining rows after a lost connection', async () => {
  const page = await (await browser!.newContext()).newPage();
  const errors: string[] = [];
  page.on('console', (message) => errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(`http://127.0.0.1:${(files.address() as AddressInfo).port}/?url=${encodeURIComponent(service.url)}`);

  const parts = createParts(4);
  const messages = rowsMessages('r', parts);
  const first = await service.connection(0);
  const request = await first.received('query');
  expect(request.options.encodings).toEqual(['gzip']);
  first.accept(request, 'r');
  first.send(createBatch(messages.slice(0, 2)));
  first.close();

  const second = await service.connection(1);
  const resume = await second.received('resume');
  expect(resume.after).toBeGreaterThanOrEqual(-1);
  second.accept(resume, 'r');
  second.send(createBatch(messages.slice(0, 3)), messages[3], complete(resume, 'r', parts));
  await page.getByText(JSON.stringify(parts.flat()), { exact: true }).waitFor();
  expect(await page.title()).toBe('connecting connected waiting connecting connected');
  expect(errors).toEqual([]);
});
