import type { Page } from 'playwright-core';
import type { Request, RequestHandler } from '../../browser/page-server';
import { usePageTests } from '../../browser/page-tests';
import {
  barColors, dayDialog, focusedText, hiddenWidth, monthSection, positionOfBar, submitMonth, waitForConnection, waitForRows, waitForStatus,
} from '../../browser/taxi-page';
import { daysFrom, HOUR_COLUMNS, hoursOf, resultMessages, send, sendMonthsAndDays } from '../../browser/taxi-results';
import { eventually } from '../../support/eventually';

const MONDAY = 'Monday, January 12, 2015';
const TUESDAY = 'Tuesday, January 13, 2015';
const { pageIt, open } = usePageTests();

function dayOf(request: Request): string {
  return request.type === 'query' ? String(request.parameters?.day) : 'unknown';
}

/** Sends 31 days for a month, and calls the handler for a day. */
function handleDays(onDay: RequestHandler): RequestHandler {
  return (request, socket, index) => (request.type === 'query' && request.query !== 'by_hour'
    ? send(socket, resultMessages(request, daysFrom('2015-01', 31)))
    : onDay(request, socket, index));
}

async function openDayFromTable(page: Page): Promise<void> {
  await waitForRows(monthSection(page, 'January 2015'));
  await page.getByRole('link', { name: 'Mon, Jan 12' }).click();
}

describe('the hours of a day', () => {
  pageIt('open on the same connection when the user clicks a bar', async () => {
    const { page, server } = await open({ onRequest: sendMonthsAndDays, search: '?month=2015-01' });
    const month = monthSection(page, 'January 2015');
    await waitForRows(month);
    const { x, y } = await positionOfBar(month, 11, 28);
    await page.mouse.click(x, y);
    const dialog = dayDialog(page, MONDAY);
    const rows = await waitForRows(dialog);
    expect(rows).toHaveLength(22);
    expect(rows[2].slice(0, 2)).toEqual(['2 AM', '1,202']);
    expect(await barColors(dialog)).toHaveLength(22);
    expect(server.requests).toMatchObject([
      { type: 'query', parameters: { trip_month: '2015-01' } },
      { type: 'query', query: 'by_hour', parameters: { day: '2015-01-12' } },
    ]);
    expect(server.connections).toBe(1);
  });

  pageIt('open from the table with the keyboard, and return the focus when Escape closes them', async () => {
    const { page, server } = await open({ onRequest: sendMonthsAndDays, search: '?month=2015-01' });
    await waitForRows(monthSection(page, 'January 2015'));
    await page.getByRole('link', { name: 'Mon, Jan 12' }).focus();
    await page.keyboard.press('Enter');
    await waitForRows(dayDialog(page, MONDAY));
    await page.keyboard.press('Escape');
    await dayDialog(page, MONDAY).waitFor({ state: 'hidden' });
    expect(await focusedText(page)).toBe('Mon, Jan 12');
    await page.waitForURL(`${server.url}?month=2015-01`);
  });

  pageIt('open when the user taps a row on a phone, and fit its width', async () => {
    const context = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
    const { page } = await open({ onRequest: sendMonthsAndDays, search: '?month=2015-01', context });
    await waitForRows(monthSection(page, 'January 2015'));
    await page.getByRole('link', { name: 'Tue, Jan 13' }).tap();
    const dialog = dayDialog(page, TUESDAY);
    await waitForRows(dialog);
    expect(await hiddenWidth(page.locator('html'))).toBe(0);
    expect(await hiddenWidth(dialog)).toBe(0);
  });

  pageIt('replace those of the previous day, whose query is canceled', async () => {
    const onRequest = handleDays((request, socket) => {
      const day = dayOf(request);
      send(socket, resultMessages(request, hoursOf(day), HOUR_COLUMNS).slice(0, day === '2015-01-12' ? 2 : undefined));
    });
    const { page, server } = await open({ onRequest, search: '?month=2015-01&day=2015-01-12' });
    await waitForStatus(dayDialog(page, MONDAY), 'Receiving the rows…');
    await page.getByRole('link', { name: 'Next day' }).click();
    const rows = await waitForRows(dayDialog(page, TUESDAY));
    expect(rows[0].slice(0, 2)).toEqual(['12 AM', '1,300']);
    const cancels = server.otherMessages.filter(({ type }) => type === 'cancel');
    expect(cancels).toEqual([{ type: 'cancel', id: server.requests.find((request) => dayOf(request) === '2015-01-12')!.id }]);
  });

  pageIt('are canceled when the user closes them', async () => {
    const { page, server } = await open({ onRequest: handleDays(() => undefined), search: '?month=2015-01&day=2015-01-12' });
    await waitForStatus(dayDialog(page, MONDAY), 'Submitting the query…');
    await page.getByRole('button', { name: 'Close' }).click();
    await dayDialog(page, MONDAY).waitFor({ state: 'hidden' });
    await eventually(() => expect(server.otherMessages).toContainEqual({ type: 'cancel', id: server.requests[1].id }));
    await page.waitForURL(`${server.url}?month=2015-01`);
  });

  pageIt('report an error with a button to try again, and leave the month as it is', async () => {
    let failures = 0;
    const onRequest = handleDays((request, socket) => {
      failures += 1;
      send(socket, failures === 1
        ? [{ type: 'error', id: request.id, code: 'time_limit', message: 'The query exceeded its timeout.', retryable: true }]
        : resultMessages(request, hoursOf('2015-01-12'), HOUR_COLUMNS));
    });
    const { page } = await open({ onRequest, search: '?month=2015-01' });
    await openDayFromTable(page);
    const dialog = dayDialog(page, MONDAY);
    await dialog.getByRole('alert').getByText('The query exceeded its timeout.').waitFor();
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await waitForRows(dialog);
    expect(await dialog.getByRole('alert').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await waitForRows(monthSection(page, 'January 2015'))).toHaveLength(31);
  });

  pageIt('report a lost connection, and continue when it is back', async () => {
    const onRequest = handleDays((request, socket) => {
      const [accepted, first, second, third, complete] = resultMessages(request, hoursOf('2015-01-12'), HOUR_COLUMNS);
      send(socket, request.type === 'resume' ? [accepted, second, third, complete] : [accepted, first]);
    });
    const { page, server } = await open({ onRequest, search: '?month=2015-01', expectedErrors: /WebSocket connection .* failed/ });
    await openDayFromTable(page);
    const dialog = dayDialog(page, MONDAY);
    await waitForStatus(dialog, 'Receiving the rows…');
    server.isAccepting = false;
    server.closeConnections();
    await waitForStatus(dialog, 'Connection lost. The query continues when the connection is back.');
    server.isAccepting = true;
    expect(await waitForRows(dialog)).toHaveLength(22);
    expect(server.requests.at(-1)).toMatchObject({ type: 'resume', after: 0 });
  });

  pageIt('report that they come from a stored result', async () => {
    const onRequest = handleDays((request, socket) => {
      const [accepted, ...rest] = resultMessages(request, hoursOf('2015-01-12'), HOUR_COLUMNS);
      send(socket, [{ ...accepted, shared: true, cached: true }, ...rest]);
    });
    const { page } = await open({ onRequest, search: '?month=2015-01&day=2015-01-12' });
    await waitForStatus(dayDialog(page, MONDAY), /^22 rows in .*, from a stored result\.$/);
  });
});

describe('the address of the page', () => {
  pageIt('shows a month and a day when a link contains them', async () => {
    const { page } = await open({ onRequest: sendMonthsAndDays, search: '?month=2015-01&day=2015-01-12' });
    expect(await waitForRows(dayDialog(page, MONDAY))).toHaveLength(22);
    expect(await waitForRows(page.locator('#month'))).toHaveLength(28);
    expect(await page.title()).toBe(`${MONDAY} · New York by taxi`);
  });

  pageIt('shows the month of a day when a link contains only the day', async () => {
    const { page } = await open({ onRequest: sendMonthsAndDays, search: '?day=2015-01-12' });
    await waitForRows(dayDialog(page, MONDAY));
    await page.keyboard.press('Escape');
    await waitForRows(monthSection(page, 'January 2015'));
  });

  pageIt('follows what the user selects, and works with Back and Forward', async () => {
    const { page, server } = await open({ onRequest: sendMonthsAndDays, config: { month: '2015-06' } });
    await waitForConnection(page, 'Connected');
    expect(await page.getByLabel('Month').inputValue()).toBe('2015-06');
    expect(server.requests).toEqual([]);
    await submitMonth(page, '2015-01');
    await openDayFromTable(page);
    await waitForRows(dayDialog(page, MONDAY));
    expect(page.url()).toBe(`${server.url}?month=2015-01&day=2015-01-12`);
    await page.goBack();
    await dayDialog(page, MONDAY).waitFor({ state: 'hidden' });
    await waitForRows(monthSection(page, 'January 2015'));
    expect(await page.title()).toBe('January 2015 · New York by taxi');
    await page.goForward();
    await waitForRows(dayDialog(page, MONDAY));
    await page.goBack();
    await page.goBack();
    await monthSection(page, 'January 2015').waitFor({ state: 'hidden' });
    expect(await page.title()).toBe('New York by taxi');
  });

  pageIt.each(['?month=2015-13', '?month=2015-01&day=2015-02-12'])('reports %s as invalid, and submits nothing', async (search) => {
    const { page, server } = await open({ onRequest: sendMonthsAndDays, search });
    await page.getByRole('alert').getByText('The address of this page is invalid.').waitFor();
    await waitForConnection(page, 'Connected');
    expect(server.requests).toEqual([]);
  });

  pageIt('opens a day in a new tab when the user clicks its link with Ctrl', async () => {
    const { page } = await open({ onRequest: sendMonthsAndDays, search: '?month=2015-01' });
    await waitForRows(monthSection(page, 'January 2015'));
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Mon, Jan 12' }).click({ modifiers: ['ControlOrMeta'] }),
    ]);
    await waitForRows(dayDialog(tab, MONDAY));
    expect(await dayDialog(page, MONDAY).count()).toBe(0);
    await tab.close();
  });
});
