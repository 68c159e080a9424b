import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { eventually } from '../support/eventually';

/** The taxi page, open in a browser. */
export interface TaxiPage {
  readonly page: Page;
  /** The errors and warnings in the console, such as violations of the Content-Security-Policy, and the exceptions. */
  readonly consoleErrors: string[];
}

/** Options of the browser context. By default, the window has 1280 × 900 pixels, and the color scheme is light. */
export type OpenTaxiPageOptions = BrowserContextOptions;

/** Opens the taxi page in a browser context of its own. */
export async function openTaxiPage(browser: Browser, url: string, options?: OpenTaxiPageOptions): Promise<TaxiPage> {
  const taxiPage = await createTaxiPage(browser, options);
  await taxiPage.page.goto(url);
  return taxiPage;
}

/** Creates an empty page in a browser context of its own. */
export async function createTaxiPage(browser: Browser, options: OpenTaxiPageOptions = {}): Promise<TaxiPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const consoleErrors: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      consoleErrors.push(message.text());
    }
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));
  return { page, consoleErrors };
}

/** Waits for a state of the connection, such as `Connected`. */
export async function waitForConnection(page: Page, state: string): Promise<void> {
  await page.locator('#connection').getByRole('status').getByText(state, { exact: true }).waitFor();
}

/** Enters a month and submits the form. */
export async function submitMonth(page: Page, month: string): Promise<void> {
  await page.getByLabel('Month').fill(month);
  await page.getByRole('button', { name: 'Show trips' }).click();
}

/** The section of a month, such as `January 2015`. */
export function monthSection(page: Page, month: string): Locator {
  return page.getByRole('region', { name: month, exact: true });
}

/** The dialog of a day, such as `Monday, January 12, 2015`. */
export function dayDialog(page: Page, day: string): Locator {
  return page.getByRole('dialog', { name: day, exact: true });
}

/** Waits for the result in a panel, and returns the cells of its rows. */
export async function waitForRows(panel: Locator): Promise<string[][]> {
  await waitForStatus(panel, / rows? in /);
  return panel.locator('.rows tbody tr').evaluateAll((rows) => (
    (rows as unknown as TableRow[]).map((row) => Array.from(row.cells, (cell) => cell.textContent))
  ));
}

/** Waits for a status of a panel. */
export async function waitForStatus(panel: Locator, status: string | RegExp): Promise<void> {
  await panel.getByRole('status').getByText(status, { exact: true }).waitFor();
}

/** Returns the total of each measure by its name. */
export async function totalsOf(panel: Locator): Promise<Record<string, string>> {
  const labels = panel.locator('fieldset label');
  const totals = await labels.locator('strong').allTextContents();
  const names = await labels.allTextContents();
  return Object.fromEntries(names.map((name, index) => [name.slice(0, -totals[index].length), totals[index]]));
}

/** Returns the color of each bar in the chart from left to right, such as `196,138,0`. */
export async function barColors(panel: Locator): Promise<string[]> {
  return panel.locator('.chart').evaluate<string[], any>((chart: any) => {
    const canvas = chart.querySelector('canvas');
    const plot = chart.querySelector('.u-over');
    const copy = new (globalThis as any).OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const scale = canvas.width / canvas.clientWidth;
    const lengths = [plot.offsetLeft, plot.offsetTop + plot.offsetHeight - 3, plot.offsetWidth];
    const [left, bottom, width] = lengths.map((length) => Math.round(length * scale));
    // Above the axis, only bars have pixels.
    const { data } = copy.getImageData(left, bottom, width, 1);
    const pixels = Array.from({ length: width }, (_, x) => (data[4 * x + 3] === 255 ? data.slice(4 * x, 4 * x + 3).join() : ''));
    return pixels.filter((color, x) => color !== '' && (pixels[x - 1] ?? '') === '');
  });
}

/** Returns the position of a bar in the window. */
export async function positionOfBar(panel: Locator, index: number, count: number): Promise<{ x: number; y: number }> {
  const plot = await panel.locator('.u-over').boundingBox();
  return { x: plot!.x + plot!.width * (index + 0.5) / count, y: plot!.y + plot!.height / 2 };
}

/** Returns the duration of each stage by its name. */
export async function stageDurations(panel: Locator): Promise<Record<string, string>> {
  const [names, durations] = await Promise.all([
    panel.locator('details th').allTextContents(),
    panel.locator('details td:last-child').allTextContents(),
  ]);
  return Object.fromEntries(names.map((name, index) => [name, durations[index]]));
}

/** Returns how many pixels of the width of an element are visible only after scrolling. */
export async function hiddenWidth(element: Locator): Promise<number> {
  return element.evaluate(({ scrollWidth, clientWidth }: { scrollWidth: number; clientWidth: number }) => scrollWidth - clientWidth);
}

/** Returns the text of the element that has the focus. */
export async function focusedText(page: Page): Promise<string> {
  return page.evaluate<string>('(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()');
}

/** Presses Tab until the element with the text has the focus. */
export async function tabTo(page: Page, text: string): Promise<void> {
  await eventually(async () => {
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe(text);
  });
}

/** The part of an HTMLTableRowElement that is read here; the project compiles without the types of the DOM. */
interface TableRow {
  readonly cells: ArrayLike<{ readonly textContent: string }>;
}
