import type { Browser } from 'playwright-core';
import { answerShown, askForMonth, barsShown, connectionShown, openTaxiPage, rowsShown, totalsShown } from './taxi-page';
import { launchBrowser, planBrowserTests } from '../support/browser';
import { Command, freePort, runCommand } from '../support/command';

const browserTest = planBrowserTests() === 'run' ? test : test.skip;

let browser: Browser | undefined;
let command: Command | undefined;

afterAll(async () => {
  await browser?.close();
  await command?.stop();
});

browserTest('the taxi application, from the template to the page: a month brings a bar and a row for each of its 31 days', async () => {
  const port = await freePort();
  command = new Command('--port', String(port));
  browser = await launchBrowser();
  await command.says('The taxi page');
  const { page, complaints } = await openTaxiPage(browser, `http://127.0.0.1:${port}/`);
  await connectionShown(page, 'Connected');
  await askForMonth(page, '2015-03');
  await answerShown(page, 'March 2015');
  const rows = await rowsShown(page);
  expect(rows.map(([date]) => date)).toEqual(Array.from({ length: 31 }, (_, index) => `2015-03-${String(index + 1).padStart(2, '0')}`));
  expect(await barsShown(page)).toHaveLength(31);
  expect(await page.getByRole('note').textContent()).toContain('generated trips of 2015');
  const trips = rows.reduce((sum, [, count]) => sum + Number(count.replace(/,/g, '')), 0);
  expect(await totalsShown(page)).toContain(trips.toLocaleString('en-US'));

  const { stdout } = await runCommand('--month', '2015-03', '--json');
  const answer: unknown[][] = JSON.parse(stdout).rows;
  expect(rows.map(([, count]) => count)).toEqual(answer.map(([, count]) => (count as number).toLocaleString('en-US')));

  await askForMonth(page, '2016-03');
  await page.getByText('No trips in March 2016').waitFor();
  expect(complaints).toEqual([]);
}, 180_000);
