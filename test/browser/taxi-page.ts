import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';

/** The taxi page, open in a browser. */
export interface TaxiPage {
  readonly page: Page;
  /** What the browser wrote to its console as an error, violations of the content security policy among it, and exceptions. */
  readonly complaints: string[];
}

/** The window, the colours and the rest of what a visitor brings; 1280 × 900 and light when left out. */
export type OpenTaxiPageOptions = BrowserContextOptions;

/** Opens the taxi page in a context of its own; `url` may carry `?month=`. */
export async function openTaxiPage(browser: Browser, url: string, options: OpenTaxiPageOptions = {}): Promise<TaxiPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

/** Waits until the page says this of its connection, such as `Connected`. */
export async function connectionShown(page: Page, state: string): Promise<void> {
  await page.getByRole('status').getByText(state, { exact: true }).waitFor();
}

/** Picks a month and submits the form, as a visitor does. */
export async function askForMonth(page: Page, month: string): Promise<void> {
  await page.getByLabel('Month').fill(month);
  await page.getByRole('button', { name: 'Show trips' }).click();
}

/** Waits until the answer of a month is on the page; the month in words, such as `January 2015`. */
export async function answerShown(page: Page, monthInWords: string): Promise<void> {
  await page.locator('#month-answer[aria-busy="false"]').getByRole('heading', { name: monthInWords, exact: true }).waitFor();
}

/** The part of the page with the hours of a day; the day in words, such as `Monday 12 January 2015`. */
export function dayPanel(page: Page, dayInWords: string): Locator {
  return page.getByRole('region', { name: dayInWords, exact: true });
}

/** Waits until the hours of a day are on the page. */
export async function hoursShown(page: Page, dayInWords: string): Promise<string[][]> {
  await dayPanel(page, dayInWords).getByRole('img', { name: ` on ${dayInWords}: ` }).waitFor();
  await dayPanel(page, dayInWords).locator('#day-answer[aria-busy="false"]').waitFor();
  return cellsOf(page.locator('#day-table tbody tr'));
}

/** The rows of the month's table as a visitor reads them. */
export async function rowsShown(page: Page): Promise<string[][]> {
  return cellsOf(page.locator('#month-table tbody tr'));
}

/** The row of totals as a visitor reads it. */
export async function totalsShown(page: Page): Promise<string[]> {
  return (await cellsOf(page.locator('#month-table tfoot tr'))).flat();
}

/** The title of each bar of the chart, from left to right. */
export async function barsShown(page: Page): Promise<string[]> {
  return page.locator('#month-drawing .slot > title').allTextContents();
}

/** How many pixels the page is wider than its window: 0 where nothing has to be scrolled sideways. */
export async function pixelsTooWide(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What the stages and the whole took, by name. */
export async function durationsShown(page: Page): Promise<Record<string, string>> {
  const [names, durations] = await Promise.all([
    page.locator('#month-stages-list dt').allTextContents(),
    page.locator('#month-stages-list dd').allTextContents(),
  ]);
  return Object.fromEntries(names.map((name, index) => [name, durations[index]]));
}

/** As much of an HTMLTableRowElement as is read; the project compiles without the types of the DOM. */
interface TableRow {
  readonly cells: ArrayLike<{ readonly textContent: string }>;
}

async function cellsOf(rows: Locator): Promise<string[][]> {
  return rows.evaluateAll((elements) => (elements as unknown as TableRow[]).map((row) => Array.from(row.cells, (cell) => cell.textContent)));
}
