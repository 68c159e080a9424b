import type { Page } from 'playwright-core';
import { usePageTests } from '../../browser/page-tests';
import { monthSection, submitMonth, waitForRows } from '../../browser/taxi-page';
import { COLUMNS, daysFrom, resultMessages, send, sendRows } from '../../browser/taxi-results';

const { pageIt, open } = usePageTests();

/** Each of these strings would run, load or change something if the page inserted it as HTML. */
const HTML = [
  '<script>window.attacked = 1</script>', '<img src=x onerror="window.attacked = 1">', '<svg onload="window.attacked = 1">',
  '<iframe src="javascript:parent.attacked = 1"></iframe>', '</td></tr></table><h1 id="injected">injected</h1>', '"><b id="injected">',
  "' onmouseover='window.attacked = 1", '<a href="javascript:window.attacked = 1">here</a>', 'javascript:window.attacked = 1',
  '<form action="/steal"><input name="a"></form>', '<style>body { display: none }</style>', '<link rel="stylesheet" href="/steal.css">',
  '<meta http-equiv="refresh" content="0; url=/steal">',
  '<base href="https://elsewhere.example/">', '&lt;script&gt;window.attacked = 1&lt;/script&gt;', '${window.attacked = 1}', '{{constructor.constructor("window.attacked = 1")()}}', '<!--', ']]>', '\u202e<script>',
];

const ALL = HTML.join(' ');

/** Elements that the page would contain if it inserted one of the strings as HTML. */
const INJECTED = '#injected, iframe, base, main img, body script, body style, body link, [onerror], [onload], [onmouseover], a[href^="javascript:"], form[action*="steal"]';

/** Records what a page requests, shows in a JavaScript dialog, or opens. */
class Watch {
  public readonly requests: string[] = [];
  public readonly dialogs: string[] = [];
  public readonly pages: string[] = [];

  constructor(private readonly page: Page) {
    page.on('request', (request) => {
      const { protocol, pathname } = new URL(request.url());
      // The icon of the page is a data URL, and the page loads config.json when it reconnects.
      if (protocol !== 'data:' && pathname !== '/config.json') {
        this.requests.push(pathname);
      }
    });
    page.on('dialog', (dialog) => {
      this.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    page.context().on('page', (opened) => this.pages.push(opened.url()));
  }

  /** Fails if a string was inserted as HTML. */
  public async expectNothing(): Promise<void> {
    expect(await this.page.evaluate('window.attacked')).toBeUndefined();
    expect(await this.page.locator(INJECTED).count()).toBe(0);
    expect({ requests: this.requests, dialogs: this.dialogs, pages: this.pages }).toEqual({ requests: [], dialogs: [], pages: [] });
    expect(await this.page.locator('body').isVisible()).toBe(true);
  }
}

describe('HTML is shown as text without effect when it is in', () => {
  pageIt('the values of the rows', async () => {
    const rows = HTML.map((html, index) => [`2015-01-${String(index + 1).padStart(2, '0')}`, index, html]);
    const columns = [COLUMNS[0], COLUMNS[1], { name: 'more', type: 'varchar' }];
    const { page } = await open({ onRequest: sendRows(rows, columns) });
    const watch = new Watch(page);
    await submitMonth(page, '2015-01');
    const cells = await waitForRows(monthSection(page, 'January 2015'));
    expect(cells.map((row) => row[2])).toEqual(HTML);
    await watch.expectNothing();
  });

  pageIt('the values of a column of dates or numbers', async () => {
    const { page } = await open({ onRequest: sendRows(HTML.map((html) => [html, html, html, html, html, html]), COLUMNS) });
    const watch = new Watch(page);
    await submitMonth(page, '2015-01');
    await page.getByRole('alert').waitFor();
    await watch.expectNothing();
  });

  pageIt('the names and types of the columns', async () => {
    const columns = [COLUMNS[0], ...HTML.map((html, index) => ({ name: html, type: index % 2 === 0 ? 'int8' : html }))];
    const rows = ['2015-01-01', '2015-01-02'].map((day) => [day, ...HTML.map((_, index) => index % 2 === 0 ? 1 : 'a')]);
    const { page } = await open({ onRequest: sendRows(rows, columns) });
    const watch = new Watch(page);
    await submitMonth(page, '2015-01');
    const section = monthSection(page, 'January 2015');
    await waitForRows(section);
    const header = (await section.locator('thead th').allTextContents()).join(' ').toLowerCase();
    expect(header).toContain('<script>window.attacked = 1</script>');
    await section.getByRole('radio').nth(1).check();
    await watch.expectNothing();
  });

  pageIt('the message and the code of an error, the state of a progress message, and the reason of a bye message', async () => {
    const { page } = await open({
      onRequest: ({ id }, socket) => send(socket, [
        { type: 'accepted', id, result: 'r', shared: false, cached: false },
        { type: 'progress', result: 'r', state: HTML[1], elapsedMs: 1 },
        { type: 'error', id, result: 'r', code: HTML[0], message: ALL, retryable: true },
        { type: 'bye', reason: ALL, retryable: false },
      ]),
    });
    const watch = new Watch(page);
    await submitMonth(page, '2015-01');
    await page.getByRole('alert').getByText('<script>window.attacked = 1</script>').waitFor();
    await watch.expectNothing();
  });

  pageIt('the notice and the WebSocket URL of config.json', async () => {
    const { page } = await open({ config: { notice: ALL, url: `javascript:${ALL}` } });
    expect(await page.getByRole('note').textContent()).toBe(ALL);
    await submitMonth(page, '2015-01');
    await page.getByRole('alert').waitFor();
    await new Watch(page).expectNothing();
  });

  pageIt('the URL of the page', async () => {
    const encoded = encodeURIComponent(ALL);
    const { page, server } = await open({ onRequest: sendRows(daysFrom('2015-01', 3)), search: `?month=${encoded}&day=${encoded}#${encoded}` });
    const watch = new Watch(page);
    await page.getByRole('alert').waitFor();
    await submitMonth(page, '2015-01');
    await waitForRows(monthSection(page, 'January 2015'));
    expect(JSON.stringify(server.requests)).not.toContain('script');
    await watch.expectNothing();
  });

  pageIt('the id of a query, the name of a result, and unknown fields', async () => {
    const { page } = await open({
      onRequest: (request, socket) => send(socket, [
        { type: 'accepted', id: HTML[0], result: HTML[0], shared: ALL, cached: ALL, limits: { timeLimitMs: ALL } },
        ...resultMessages(request, daysFrom('2015-01', 3)).map((message) => (
          { ...message, ['__proto__']: { attacked: 1 }, innerHTML: ALL, html: ALL }
        )),
      ]),
    });
    const watch = new Watch(page);
    await submitMonth(page, '2015-01');
    await waitForRows(monthSection(page, 'January 2015'));
    await watch.expectNothing();
  });
});
