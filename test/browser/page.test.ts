import type { Request } from './page-server';
import { usePageTests } from './page-tests';
import {
  barColors, monthSection, positionOfBar, stageDurations, submitMonth, tabTo, totalsOf, waitForConnection, waitForRows, waitForStatus,
} from './taxi-page';
import { daysFrom, resultMessages, send, sendRows } from './taxi-results';
import type { WireValue } from '../../src/protocol/messages';
import { eventually } from '../support/eventually';

const JANUARY = daysFrom('2015-01', 31);
const { pageIt, open } = usePageTests();

/** Formats a decimal with two digits after the point. */
function decimal(hundredths: number): string {
  return (hundredths / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
}

function sumOf(column: number): number {
  return JANUARY.reduce((sum, row) => sum + Math.round(Number(row[column]) * 100), 0);
}

function formatRow([day, trips, ...amounts]: readonly WireValue[]): string[] {
  const name = new Date(String(day)).toLocaleDateString('en-US', { weekday: 'short', month: 'short', day: 'numeric', timeZone: 'UTC' });
  return [name, Number(trips).toLocaleString('en-US'), ...amounts.map((amount) => decimal(Math.round(Number(amount) * 100)))];
}

describe('the result of a month', () => {
  pageIt('shows a bar and a row for each day, and the totals', async () => {
    const { page, server } = await open({ onRequest: sendRows(JANUARY) });
    await submitMonth(page, '2015-01');
    const section = monthSection(page, 'January 2015');
    expect(await waitForRows(section)).toEqual(JANUARY.map(formatRow));
    expect(await barColors(section)).toHaveLength(31);
    expect(await section.locator('thead th').allTextContents())
      .toEqual(['Pickup date', 'Trips', 'Hours driven', 'Distance miles', 'Fare amount', 'Total amount']);
    expect(await totalsOf(section)).toEqual({
      'Trips': (sumOf(1) / 100).toLocaleString('en-US'),
      'Hours driven': decimal(sumOf(2)),
      'Distance miles': decimal(sumOf(3)),
      'Fare amount': decimal(sumOf(4)),
      'Total amount': decimal(sumOf(5)),
    });
    expect(server.requests).toMatchObject([{ type: 'query', id: '1', parameters: { trip_month: '2015-01' } }]);
  });

  pageIt('shows the duration of each stage', async () => {
    const { page } = await open({ onRequest: sendRows(JANUARY), search: '?month=2015-01' });
    const section = monthSection(page, 'January 2015');
    await waitForRows(section);
    await section.getByText(/^Timing: [\d,.]+ (ms|sec) in this browser$/).waitFor();
    expect(await stageDurations(section)).toMatchObject({
      'Waiting to start': '120 ms',
      'Running in Redshift': '840 ms',
      'Delivering the event': '150 ms',
      'Fetching the rows': '90 ms',
      'Sending the rows': '30 ms',
    });
  });

  pageIt('shows another measure in the chart when the user selects it', async () => {
    const { page } = await open({ onRequest: sendRows(JANUARY), search: '?month=2015-01' });
    const section = monthSection(page, 'January 2015');
    await waitForRows(section);
    await section.getByText('Highest: Sun, Jan 11 (13,090). Lowest: Tue, Jan 27 (2,368).').waitFor();
    await section.getByLabel('Fare amount').check();
    await section.getByText('Highest: Sun, Jan 11 (157,996.30). Lowest: Tue, Jan 27 (28,581.76).').waitFor();
  });

  pageIt('shows the value of the bar under the mouse pointer', async () => {
    const { page } = await open({ onRequest: sendRows(JANUARY), search: '?month=2015-01' });
    const section = monthSection(page, 'January 2015');
    await waitForRows(section);
    const { x, y } = await positionOfBar(section, 26, 31);
    await page.mouse.move(x, y);
    await section.locator('.chart').getByText('Tue, Jan 27').waitFor();
    await section.locator('.chart').getByText('2,368').waitFor();
  });

  pageIt('keeps the selected measure for the next month', async () => {
    const { page } = await open({ onRequest: sendRows(JANUARY), search: '?month=2015-01' });
    await waitForRows(monthSection(page, 'January 2015'));
    await page.getByLabel('Hours driven').check();
    await submitMonth(page, '2015-02');
    await waitForRows(monthSection(page, 'February 2015'));
    expect(await page.getByLabel('Hours driven').isChecked()).toBe(true);
  });

  pageIt('reports a month without trips', async () => {
    const { page } = await open({ onRequest: sendRows([]), search: '?month=2016-03' });
    const section = monthSection(page, 'March 2016');
    await waitForStatus(section, /^0 rows in /);
    await section.getByText('No trips.', { exact: true }).waitFor();
    expect(await section.getByRole('table').locator('visible=true').count()).toBe(1);
    expect(await section.locator('.chart').isVisible()).toBe(false);
  });

  pageIt('shows all digits of the values and of the totals', async () => {
    const columns = ['date', 'int8', 'numeric'].map((type, index) => ({ name: ['pickup_date', 'trips', 'tips'][index], type }));
    const rows = [['2015-01-01', '9007199254740993', '0.10'], ['2015-01-02', 2, '-0.30'], ['2015-01-03', null, '1234567890123456.7']];
    const { page } = await open({ onRequest: sendRows(rows, columns), search: '?month=2015-01' });
    const section = monthSection(page, 'January 2015');
    expect(await waitForRows(section)).toEqual([
      ['Thu, Jan 1', '9,007,199,254,740,993', '0.10'],
      ['Fri, Jan 2', '2', '-0.30'],
      ['Sat, Jan 3', '–', '1,234,567,890,123,456.70'],
    ]);
    expect(await totalsOf(section)).toEqual({ Trips: '9,007,199,254,740,995', Tips: '1,234,567,890,123,456.50' });
  });

  pageIt('reports a truncated result', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket) => send(socket, resultMessages(request, JANUARY).map((message) => (
        message.type === 'complete' ? { ...message, truncated: true } : message
      ))),
    });
    await monthSection(page, 'January 2015').getByText('The result is truncated. It contains only the first rows.').waitFor();
  });
});

describe('a query', () => {
  pageIt('is canceled when the user submits another month', async () => {
    const requests: Request[] = [];
    const { page, server } = await open({
      onRequest: (request, socket, index) => {
        requests.push(request);
        if (index === 1) {
          send(socket, [...resultMessages(requests[0], JANUARY), ...resultMessages(request, daysFrom('2015-02', 28))]);
        }
      },
    });
    await submitMonth(page, '2015-01');
    await waitForStatus(monthSection(page, 'January 2015'), 'Submitting the query…');
    await submitMonth(page, '2015-02');
    const rows = await waitForRows(monthSection(page, 'February 2015'));
    expect(rows.map(([day]) => day)).toEqual(daysFrom('2015-02', 28).map((row) => formatRow(row)[0]));
    expect(server.otherMessages).toContainEqual({ type: 'cancel', id: '1' });
    expect(server.otherMessages).not.toContainEqual({ type: 'cancel', id: '2' });
  });

  pageIt('shows that it waits in the queue', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket) => {
        const [accepted] = resultMessages(request, JANUARY);
        send(socket, [accepted, { type: 'progress', result: 'result-1', state: 'waiting', elapsedMs: 10 }]);
      },
    });
    await waitForStatus(monthSection(page, 'January 2015'), 'Waiting in the queue…');
  });

  pageIt('shows the elapsed seconds and the number of received rows', async () => {
    const { page } = await open({ onRequest: (request, socket) => send(socket, resultMessages(request, JANUARY).slice(0, 2)), context: {} });
    await waitForConnection(page, 'Connected');
    await page.clock.install();
    await submitMonth(page, '2015-01');
    const section = monthSection(page, 'January 2015');
    await waitForStatus(section, 'Receiving the rows…');
    await page.clock.fastForward(3200);
    await section.getByText('3 s · 10 rows', { exact: true }).waitFor();
  });

  pageIt('is canceled when the user stops it with the keyboard', async () => {
    const { page, server } = await open({
      onRequest: (request, socket) => send(socket, resultMessages(request, JANUARY).slice(0, 2)),
      search: '?month=2015-01',
    });
    const section = monthSection(page, 'January 2015');
    await waitForStatus(section, 'Receiving the rows…');
    await page.getByLabel('Month').focus();
    await tabTo(page, 'Stop');
    await page.keyboard.press('Enter');
    await waitForStatus(section, 'Stopped.');
    await eventually(() => expect(server.otherMessages).toContainEqual({ type: 'cancel', id: '1' }));
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  });
});

describe('an error', () => {
  pageIt('shows the message of the service until the user submits the month again', async () => {
    const message = 'ERROR: relation "nyc_yellow_taxi" does not exist';
    const { page } = await open({
      onRequest: (request, socket, index) => {
        const [accepted, ...rest] = resultMessages(request, JANUARY);
        const error = { type: 'error', id: request.id, result: 'result-1', code: 'statement_failed', message, retryable: false };
        send(socket, [accepted, ...(index === 0 ? [error] : rest)]);
      },
    });
    await submitMonth(page, '2015-01');
    await page.getByRole('alert').getByText(message).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Show trips' }).click();
    await waitForRows(monthSection(page, 'January 2015'));
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  pageIt('replaces the previous result, and has a button to try again when it is retryable', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket, index) => send(socket, index !== 1
        ? resultMessages(request, JANUARY)
        : [{ type: 'error', id: request.id, code: 'start_refused', message: 'Too many active statements.', retryable: true }]),
    });
    await waitForRows(monthSection(page, 'January 2015'));
    await submitMonth(page, '2015-02');
    const section = monthSection(page, 'February 2015');
    await section.getByRole('alert').getByText('Too many active statements.').waitFor();
    expect(await section.locator('.chart').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await waitForRows(section);
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
