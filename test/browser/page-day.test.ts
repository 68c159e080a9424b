import type { Page } from 'playwright-core';
import type { Answering, Question } from './fake-server';
import { usePageTests } from './page-tests';
import { answeringMonthsAndDays, answerOf, COLUMNS, daysFrom, HOUR_COLUMNS, hoursOf, send } from './taxi-answers';
import { answerShown, askForMonth, connectionShown, dayPanel, hoursShown, pixelsTooWide, rowsShown } from './taxi-page';
import { eventually } from '../support/eventually';

const MONDAY = 'Monday 12 January 2015';
const TUESDAY = 'Tuesday 13 January 2015';
const JANUARY = daysFrom('2015-01', 31);
const { pageTest, open } = usePageTests();

function isDay(question: Question): boolean {
  return question.type === 'query' && question.query === 'by_hour';
}

function dayOf(question: Question): string {
  return question.type === 'query' ? String(question.parameters?.day) : 'none';
}

/** Answers the month, and leaves days to the test. */
function answeringDays(answering: Answering): Answering {
  return (question, socket, index) => (isDay(question) || question.type === 'resume'
    ? answering(question, socket, index)
    : send(socket, answerOf(question, JANUARY, COLUMNS)));
}

async function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.getAttribute("aria-label") || document.activeElement.textContent.trim()');
}

describe('a day', () => {
  pageTest('is chosen with the mouse by its bar: its hours come on the same connection, below the month', async () => {
    const { page, server } = await open({ answering: answeringMonthsAndDays, search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    await page.getByRole('link', { name: /^Monday 12 January: / }).click();
    const rows = await hoursShown(page, MONDAY);
    expect(server.questions).toMatchObject([
      { type: 'query', parameters: { trip_month: '2015-01' } },
      { type: 'query', query: 'by_hour', parameters: { day: '2015-01-12' } },
    ]);
    expect(server.connections).toBe(1);
    expect(rows).toHaveLength(24);
    expect(rows[2].slice(0, 2)).toEqual(['02:00', '1,202']);
    expect(await rowsShown(page)).toHaveLength(28);
    await page.getByRole('status').getByText(/^22 rows in /).waitFor();
  });

  pageTest('shows its quiet hours as 0, in the chart, in the rows and in words', async () => {
    const { page } = await open({ answering: answeringMonthsAndDays, search: '?month=2015-01&day=2015-01-12' });
    const rows = await hoursShown(page, MONDAY);
    expect(rows.slice(3, 5)).toEqual([['03:00', '0', '0.00', '0.00', '0.00', '0.00'], ['04:00', '0', '0.00', '0.00', '0.00', '0.00']]);
    const bars = await page.locator('#day-drawing .slot > title').allTextContents();
    expect(bars).toHaveLength(24);
    expect(bars.slice(2, 4)).toEqual(['02:00 to 03:00: 1,202', '03:00 to 04:00: 0']);
    await page.getByRole('img', { name: /least from 03:00 to 04:00 \(0\)/ }).waitFor();
  });

  pageTest('without any trips says so', async () => {
    const answering = answeringDays((question, socket) => send(socket, answerOf(question, [], HOUR_COLUMNS)));
    const { page } = await open({ answering, search: '?month=2015-01&day=2015-01-12' });
    await dayPanel(page, MONDAY).getByText(`No trips on ${MONDAY}`, { exact: true }).waitFor();
    expect(await page.locator('#day-chart').isVisible()).toBe(false);
  });

  pageTest('is chosen by a touch on its row, and fits a phone', async () => {
    const context = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
    const { page } = await open({ answering: answeringMonthsAndDays, search: '?month=2015-01', context });
    await answerShown(page, 'January 2015');
    await page.getByRole('row', { name: /^2015-01-13/ }).getByRole('cell').first().tap();
    await hoursShown(page, TUESDAY);
    expect(await pixelsTooWide(page)).toBe(0);
    await eventually(async () => {
      expect(await page.evaluate<number>("document.getElementById('day').getBoundingClientRect().top")).toBeLessThan(640);
      expect(await page.evaluate<number>("document.getElementById('day').getBoundingClientRect().bottom")).toBeGreaterThan(0);
    });
  });

  pageTest('is chosen with the keyboard: the chart is one stop, the arrows move in it, Enter chooses, Escape goes back', async () => {
    const { page, server } = await open({ answering: answeringMonthsAndDays, search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    await page.getByLabel('Day by day').focus();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toMatch(/^Thursday 1 January: /);
    await page.keyboard.press('End');
    expect(await focused(page)).toMatch(/^Wednesday 28 January: /);
    await page.keyboard.press('Home');
    for (let day = 1; day < 12; day += 1) {
      await page.keyboard.press('ArrowRight');
    }
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement.querySelector(".slot-area")).strokeWidth');
    expect(outline).toBe('3px');
    await page.keyboard.press('Enter');
    await hoursShown(page, MONDAY);
    expect(server.questions).toHaveLength(2);
    expect(await focused(page)).toMatch(/^Monday 12 January: /);
    await page.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Escape');
    await dayPanel(page, MONDAY).waitFor({ state: 'hidden' });
    expect(await focused(page)).toMatch(/^Monday 12 January: /);
  });

  pageTest('that is chosen in the table takes the focus along, and gives it back', async () => {
    const { page } = await open({ answering: answeringMonthsAndDays, search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    await page.getByRole('link', { name: '2015-01-12', exact: true }).focus();
    await page.keyboard.press('Enter');
    await hoursShown(page, MONDAY);
    expect(await focused(page)).toBe(MONDAY);
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await focused(page)).toBe('2015-01-12');
  });

  pageTest('is announced, and marked as the current one in the chart and in the table', async () => {
    const { page } = await open({ answering: answeringDays(() => undefined), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    await page.getByRole('link', { name: '2015-01-12', exact: true }).click();
    await page.getByRole('status').getByText(`Asking for ${MONDAY}…`).waitFor();
    const current = page.locator('[aria-current="true"]');
    expect(await current.evaluateAll((links) => links.map((link) => (link as unknown as { dataset: { day: string } }).dataset.day)))
      .toEqual(['2015-01-12', '2015-01-12']);
  });

  pageTest('takes the place of the one before, which is cancelled', async () => {
    const answering = answeringDays((question, socket) => {
      const day = dayOf(question);
      send(socket, answerOf(question, hoursOf(day), HOUR_COLUMNS).slice(0, day === '2015-01-12' ? 2 : undefined));
    });
    const { page, server } = await open({ answering, search: '?month=2015-01&day=2015-01-12' });
    await dayPanel(page, MONDAY).getByText('10 rows so far').waitFor();
    await page.getByRole('link', { name: 'Day after' }).click();
    const rows = await hoursShown(page, TUESDAY);
    expect(rows[0].slice(0, 2)).toEqual(['00:00', '1,300']);
    expect(server.remarks.filter(({ type }) => type === 'cancel')).toEqual([{ type: 'cancel', id: server.questions[1].id }]);
  });

  pageTest('goes when another month is asked for, and is cancelled', async () => {
    const { page, server } = await open({ answering: answeringDays(() => undefined), search: '?month=2015-01&day=2015-01-12' });
    await page.getByRole('status').getByText(`Asking for ${MONDAY}…`).waitFor();
    await askForMonth(page, '2015-02');
    await dayPanel(page, MONDAY).waitFor({ state: 'hidden' });
    await answerShown(page, 'February 2015');
    await eventually(() => expect(server.remarks).toContainEqual({ type: 'cancel', id: server.questions[1].id }));
    expect(page.url()).toBe(`${server.url}?month=2015-02`);
  });

  pageTest('that waits for its turn says so, while the month stays', async () => {
    const answering = answeringDays((question, socket) => {
      const [accepted] = answerOf(question, []);
      send(socket, [accepted, { type: 'progress', result: `result-${question.id}`, state: 'waiting', elapsedMs: 10 }]);
    });
    const { page } = await open({ answering, search: '?month=2015-01&day=2015-01-12' });
    await page.getByRole('status').getByText(`Redshift is busy; ${MONDAY} waits for its turn…`).waitFor();
    await answerShown(page, 'January 2015');
  });

  pageTest('that fails says why and offers to try again, and the month stays', async () => {
    let failures = 0;
    const answering = answeringDays((question, socket) => {
      failures += 1;
      send(socket, failures === 1
        ? [{ type: 'error', id: question.id, code: 'time_limit', message: 'It took too long.', retryable: true }]
        : answerOf(question, hoursOf('2015-01-12'), HOUR_COLUMNS));
    });
    const { page } = await open({ answering, search: '?month=2015-01&day=2015-01-12' });
    const alert = dayPanel(page, MONDAY).getByRole('alert');
    await alert.getByText(`No answer for ${MONDAY}.`).waitFor();
    await alert.getByText('It took too long.').waitFor();
    expect(await rowsShown(page)).toHaveLength(31);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await hoursShown(page, MONDAY);
    expect(await alert.count()).toBe(0);
  });

  pageTest('whose connection is lost says so, and goes on where it was', async () => {
    const answering = answeringDays((question, socket) => {
      const [accepted, first, second, third, complete] = answerOf(question, hoursOf('2015-01-12'), HOUR_COLUMNS);
      send(socket, question.type === 'resume' ? [accepted, second, third, complete] : [accepted, first]);
    });
    const { page, server } = await open({ answering, search: '?month=2015-01&day=2015-01-12', provokes: /WebSocket connection .* failed/ });
    await dayPanel(page, MONDAY).getByText('10 rows so far').waitFor();
    server.isOpen = false;
    server.dropClients();
    await page.getByRole('status').getByText(`The connection is lost; ${MONDAY} goes on when it is back…`).waitFor();
    server.isOpen = true;
    await page.getByRole('button', { name: 'Reconnect now' }).click();
    expect(await hoursShown(page, MONDAY)).toHaveLength(24);
    expect(server.questions.at(-1)).toMatchObject({ type: 'resume', after: 0 });
  });

  pageTest('that was answered from what is kept says so', async () => {
    const answering = answeringDays((question, socket) => {
      const [accepted, ...rest] = answerOf(question, hoursOf('2015-01-12'), HOUR_COLUMNS);
      send(socket, [{ ...accepted, shared: true, cached: true }, ...rest]);
    });
    const { page } = await open({ answering, search: '?month=2015-01&day=2015-01-12' });
    await page.getByRole('status').getByText(/^22 rows in .*, kept from an earlier question\.$/).waitFor();
    await page.getByRole('heading', { name: `How long ${MONDAY} took, when it was first asked for` }).waitFor();
  });
});

describe('the address', () => {
  pageTest('leads to a day, and Back and Forward go where the visitor was', async () => {
    const { page, server } = await open({ answering: answeringMonthsAndDays });
    await connectionShown(page, 'Connected');
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    await page.getByRole('link', { name: '2015-01-12', exact: true }).click();
    await hoursShown(page, MONDAY);
    expect(page.url()).toBe(`${server.url}?month=2015-01&day=2015-01-12`);
    expect(await page.title()).toBe(`${MONDAY} · New York by taxi`);
    await page.goBack();
    await dayPanel(page, MONDAY).waitFor({ state: 'hidden' });
    await answerShown(page, 'January 2015');
    expect(await page.title()).toBe('January 2015 · New York by taxi');
    await page.goForward();
    await hoursShown(page, MONDAY);
    await page.goBack();
    await page.goBack();
    await page.getByText('The days of the month will stand here.').waitFor();
    expect(await page.title()).toBe('New York by taxi');
    expect(await page.locator('#month-answer').isVisible()).toBe(false);
  });

  pageTest('with a day alone leads to its month too', async () => {
    const { page } = await open({ answering: answeringMonthsAndDays, search: '?day=2015-01-12' });
    await answerShown(page, 'January 2015');
    await hoursShown(page, MONDAY);
  });

  pageTest.each([
    ['?month=2015-01&day=2015-02-12', 'Thursday 12 February is no day of January 2015.'],
    ['?month=2015-02&day=2015-02-30', "'2015-02-30' should be a day, such as 2015-01-31."],
    ['?day=yesterday', "'yesterday' should be a day, such as 2015-01-31."],
  ])('%s is refused in words, and nothing is asked', async (search, sentence) => {
    const { page, server } = await open({ answering: answeringMonthsAndDays, search });
    await page.getByRole('alert').getByText(sentence).waitFor();
    expect(server.questions).toEqual([]);
  });

  pageTest('of a link can be opened elsewhere: Ctrl and a click leave the page as it is', async () => {
    const { page } = await open({ answering: answeringMonthsAndDays, search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    const [other] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: '2015-01-12', exact: true }).click({ modifiers: ['ControlOrMeta'] }),
    ]);
    await hoursShown(other, MONDAY);
    expect(await dayPanel(page, MONDAY).count()).toBe(0);
  });
});
