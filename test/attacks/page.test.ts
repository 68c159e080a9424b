import type { Page } from 'playwright-core';
import { usePageTests } from '../browser/page-tests';
import { answerOf, answeringWith, COLUMNS, daysFrom, send } from '../browser/taxi-answers';
import { answerShown, askForMonth, rowsShown } from '../browser/taxi-page';

const { pageTest, open } = usePageTests();

/** Each would run, load or change something, were it more than text. */
const HTML = [
  '<script>window.attacked = 1</script>', '<img src=x onerror="window.attacked = 1">', '<svg onload="window.attacked = 1">',
  '<iframe src="javascript:parent.attacked = 1"></iframe>', '</td></tr></table><h1 id="injected">injected</h1>', '"><b id="injected">',
  "' onmouseover='window.attacked = 1", '<a href="javascript:window.attacked = 1">here</a>', 'javascript:window.attacked = 1',
  '<form action="/steal"><input name="a"></form>', '<style>body { display: none }</style>', '<link rel="stylesheet" href="/steal.css">',
  '<meta http-equiv="refresh" content="0; url=/steal">',
  '<base href="https://elsewhere.example/">', '&lt;script&gt;window.attacked = 1&lt;/script&gt;', '${window.attacked = 1}', '{{constructor.constructor("window.attacked = 1")()}}', '<!--', ']]>', '\u202e<script>',
];

const ALL = HTML.join(' ');

/** What there would be on the page if some of it were taken for HTML. */
const INJECTED = '#injected, iframe, base, main img, body script, body style, body link, [onerror], [onload], [onmouseover], a[href^="javascript:"], form[action*="steal"]';

/** What a page asks for, shows in a dialog, or opens, beside what it has to. */
class Watch {
  public readonly requests: string[] = [];
  public readonly dialogs: string[] = [];
  public readonly pages: string[] = [];

  constructor(private readonly page: Page) {
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      // The browser fetches the icon of the page whenever it likes.
      if (pathname !== '/icon.svg') {
        this.requests.push(pathname);
      }
    });
    page.on('dialog', (dialog) => {
      this.dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    page.context().on('page', (opened) => this.pages.push(opened.url()));
  }

  /** Nothing was run, loaded, opened or made of what is text. */
  public async expectNothing(): Promise<void> {
    expect(await this.page.evaluate('window.attacked')).toBeUndefined();
    expect(await this.page.locator(INJECTED).count()).toBe(0);
    expect({ requests: this.requests, dialogs: this.dialogs, pages: this.pages }).toEqual({ requests: [], dialogs: [], pages: [] });
    expect(await this.page.locator('body').isVisible()).toBe(true);
  }
}

describe('HTML is shown as text without effect when it is in', () => {
  pageTest('the values of the rows', async () => {
    const rows = HTML.map((html, index) => [html, index, html]);
    const columns = [{ name: 'name', type: 'varchar' }, { name: 'trips', type: 'int8' }, { name: 'more', type: 'varchar' }];
    const { page } = await open({ answering: answeringWith(rows, columns) });
    const watch = new Watch(page);
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    expect((await rowsShown(page)).map(([name, , more]) => [name, more])).toEqual(HTML.map((html) => [html, html]));
    await watch.expectNothing();
  });

  pageTest('the values of a column of dates or numbers', async () => {
    const rows = HTML.map((html) => [html, html, html, html, html, html]);
    const { page } = await open({ answering: answeringWith(rows, COLUMNS) });
    const watch = new Watch(page);
    await askForMonth(page, '2015-01');
    await page.locator('#month-answer[aria-busy="false"], #month-problem:not([hidden])').first().waitFor();
    await watch.expectNothing();
  });

  pageTest('the names and types of the columns', async () => {
    const columns = [COLUMNS[0], ...HTML.map((html, index) => ({ name: html, type: index % 2 === 0 ? 'int8' : html }))];
    const rows = ['2015-01-01', '2015-01-02'].map((day) => [day, ...HTML.map((_, index) => index % 2 === 0 ? 1 : 'a')]);
    const { page } = await open({ answering: answeringWith(rows, columns) });
    const watch = new Watch(page);
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    const shown = (await page.locator('thead th').allTextContents()).join(' ').toLowerCase();
    expect(shown).toContain('<script>window.attacked = 1</script>');
    await page.getByLabel('Day by day').selectOption({ index: 1 });
    await watch.expectNothing();
  });

  pageTest('the message of an error', async () => {
    const { page } = await open({
      answering: ({ id }, socket) => send(socket, [
        { type: 'accepted', id, result: 'r', shared: false, cached: false },
        { type: 'error', id, result: 'r', code: 'statement_failed', message: ALL, retryable: true },
      ]),
    });
    const watch = new Watch(page);
    await askForMonth(page, '2015-01');
    await page.getByRole('alert').getByText('<script>window.attacked = 1</script>').waitFor();
    await watch.expectNothing();
  });

  pageTest('the code of an error, the state of a progress message, and the reason of a bye message', async () => {
    const { page } = await open({
      answering: ({ id }, socket) => send(socket, [
        { type: 'accepted', id, result: 'r', shared: false, cached: false },
        { type: 'progress', result: 'r', state: HTML[1], elapsedMs: 1 },
        { type: 'error', id, result: 'r', code: HTML[0], message: 'no', retryable: true },
        { type: 'bye', reason: ALL, retryable: false },
      ]),
    });
    const watch = new Watch(page);
    await askForMonth(page, '2015-01');
    await page.getByRole('alert').first().waitFor();
    await watch.expectNothing();
  });

  pageTest('the notice of config.json', async () => {
    const { page } = await open({ config: { notice: ALL } });
    expect(await page.getByRole('note').textContent()).toBe(ALL);
    await new Watch(page).expectNothing();
  });

  pageTest('the WebSocket URL of config.json', async () => {
    const { page } = await open({ config: { url: `javascript:${ALL}` } });
    await page.getByRole('alert').getByText('config.json has no address of a WebSocket').waitFor();
    await new Watch(page).expectNothing();
  });

  pageTest('the URL of the page', async () => {
    const encoded = encodeURIComponent(ALL);
    const { page, server } = await open({ answering: answeringWith(daysFrom('2015-01', 3)), search: `?month=${encoded}&day=${encoded}#${encoded}` });
    const watch = new Watch(page);
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    expect(JSON.stringify(server.questions)).not.toContain('script');
    await watch.expectNothing();
  });

  pageTest('the id of a query, the name of a result, and unknown fields', async () => {
    const { page } = await open({
      answering: (question, socket) => send(socket, [
        { type: 'accepted', id: HTML[0], result: HTML[0], shared: ALL, cached: ALL, limits: { timeLimitMs: ALL } },
        ...answerOf(question, daysFrom('2015-01', 3)).map((message) => ({ ...message, ['__proto__']: { attacked: 1 }, innerHTML: ALL, html: ALL })),
      ]),
    });
    const watch = new Watch(page);
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    await watch.expectNothing();
  });
});
