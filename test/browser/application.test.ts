import type { Browser } from 'playwright-core';
import { WebSocket } from 'ws';
import { answerShown, askForMonth, barsShown, connectionShown, dayPanel, hoursShown, openTaxiPage, rowsShown, totalsShown } from './taxi-page';
import { launchBrowser, planBrowserTests } from '../support/browser';
import { Command, freePort, runCommand } from '../support/command';

const browserTest = planBrowserTests() === 'run' ? test : test.skip;

let browser: Browser | undefined;
let command: Command | undefined;

afterAll(async () => {
  await browser?.close();
  await command?.stop();
});

browserTest('the taxi application, from the template to the page: a month brings its 31 days, and a day its 24 hours', async () => {
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

  await page.getByRole('link', { name: /^Monday 9 March: / }).click();
  const hours = await hoursShown(page, 'Monday 9 March 2015');
  expect(hours).toHaveLength(24);
  const tripsOfTheDay = hours.reduce((sum, [, count]) => sum + Number(count.replace(/,/g, '')), 0);
  expect(tripsOfTheDay.toLocaleString('en-US')).toBe(rows[8][1]);
  const day: unknown[][] = JSON.parse((await runCommand('--day', '2015-03-09', '--json')).stdout).rows;
  expect(day.map(([hour]) => hours[hour as number][1])).toEqual(day.map(([, count]) => (count as number).toLocaleString('en-US')));

  await askForMonth(page, '2016-03');
  await dayPanel(page, 'Monday 9 March 2015').waitFor({ state: 'hidden' });
  await page.getByText('No trips in March 2016').waitFor();
  expect(complaints).toEqual([]);

  // By another name of this machine it would have another origin: that leads to the one that is let in.
  const visit = await openTaxiPage(browser, `http://localhost:${port}/?month=2015-02`);
  await answerShown(visit.page, 'February 2015');
  expect(new URL(visit.page.url()).hostname).toBe('127.0.0.1');
  expect(visit.complaints).toEqual([]);

  const { url } = await (await fetch(`http://127.0.0.1:${port}/config.json`)).json() as { url: string };
  expect(await openingFrom(url, 'https://elsewhere.example')).toBe('Unexpected server response: 403');
  expect(await openingFrom(url, `http://127.0.0.1:${port}`)).toBe('open');
}, 180_000);

/** What becomes of a WebSocket of a page of an origin. */
async function openingFrom(url: string, origin: string): Promise<string> {
  const socket = new WebSocket(url, { origin });
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('error', ({ message }) => resolve(message));
  });
}
