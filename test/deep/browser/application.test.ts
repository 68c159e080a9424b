import type { Browser } from 'playwright-core';
import { barColors, dayDialog, monthSection, openTaxiPage, submitMonth, totalsOf, waitForConnection, waitForRows } from '../../browser/taxi-page';
import { launchBrowser, planBrowserTests } from '../../support/browser';
import { tryToConnect } from '../../support/local/access-application';
import { Command, freePort } from '../../support/local/command';

const pageIt = planBrowserTests() === 'run' ? it : it.skip;

let browser: Browser | undefined;
let command: Command | undefined;

afterAll(async () => {
  await browser?.close();
  await command?.stop();
});

function sum(rows: readonly string[][]): string {
  return rows.reduce((total, [, trips]) => total + Number(trips.replaceAll(',', '')), 0).toLocaleString('en-US');
}

pageIt('the local application shows the days of a month and the hours of a day, and rejects connections from other origins', async () => {
  const port = await freePort();
  command = new Command('--port', String(port));
  browser = await launchBrowser();
  await command.untilPrinted(`:${port}`);
  const { page, consoleErrors } = await openTaxiPage(browser, `http://127.0.0.1:${port}/`);
  await waitForConnection(page, 'Connected');
  expect(await page.getByRole('note').textContent()).toContain('generated trips of 2015');

  await submitMonth(page, '2015-03');
  const month = monthSection(page, 'March 2015');
  const days = await waitForRows(month);
  expect(days.map(([day]) => day.split(' ').at(-1))).toEqual(Array.from({ length: 31 }, (_, index) => String(index + 1)));
  expect(await barColors(month)).toHaveLength(31);
  expect((await totalsOf(month)).Trips).toBe(sum(days));

  await page.getByRole('link', { name: 'Mon, Mar 9' }).click();
  const hours = await waitForRows(dayDialog(page, 'Monday, March 9, 2015'));
  expect(sum(hours)).toBe(days[8][1]);
  await page.keyboard.press('Escape');

  await submitMonth(page, '2016-03');
  await monthSection(page, 'March 2016').getByText('No trips.').waitFor();
  expect(consoleErrors).toEqual([]);

  // The service accepts one origin, so another name of this machine redirects to it.
  const other = await openTaxiPage(browser, `http://localhost:${port}/?month=2015-02`);
  expect(await waitForRows(monthSection(other.page, 'February 2015'))).toHaveLength(28);
  expect(new URL(other.page.url()).hostname).toBe('127.0.0.1');
  expect(other.consoleErrors).toEqual([]);

  const { url } = await (await fetch(`http://127.0.0.1:${port}/config.json`)).json() as { url: string };
  expect(await tryToConnect(url, { headers: { origin: 'https://elsewhere.example' } })).toBe(403);
  expect(await tryToConnect(url, { headers: { origin: `http://127.0.0.1:${port}` } })).toBe(101);
}, 180_000);
