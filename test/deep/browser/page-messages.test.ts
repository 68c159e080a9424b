import { usePageTests } from '../../browser/page-tests';
import { dayDialog, monthSection, submitMonth, waitForConnection, waitForRows } from '../../browser/taxi-page';
import { COLUMNS, daysFrom, HOUR_COLUMNS, hoursOf, resultMessages, send, sendRows } from '../../browser/taxi-results';
import { eventually } from '../../support/eventually';

const JANUARY = daysFrom('2015-01', 31);
const JANUARY_DAYS = JANUARY.map((_, index) => String(index + 1));
const { pageIt, open } = usePageTests();

function dayNumbers(rows: readonly string[][]): string[] {
  return rows.map(([day]) => day.split(' ').at(-1)!);
}

describe('the page', () => {
  pageIt('shows all rows in order when each row is in a message of its own', async () => {
    const { page } = await open({ onRequest: sendRows(JANUARY, COLUMNS, 1), search: '?month=2015-01' });
    expect(dayNumbers(await waitForRows(monthSection(page, 'January 2015')))).toEqual(JANUARY_DAYS);
  });

  pageIt('ignores messages that are invalid, duplicated, unordered, or of an unknown type', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket) => {
        const [accepted, first, second, third, fourth, complete] = resultMessages(request, JANUARY);
        socket.send('not JSON');
        const unknown = { type: 'weather', result: 'result-1' };
        send(socket, [second, unknown, accepted, { ...first, later: true }, second, first, complete, fourth, accepted, third]);
      },
    });
    expect(dayNumbers(await waitForRows(monthSection(page, 'January 2015')))).toEqual(JANUARY_DAYS);
  });

  pageIt('resumes the result when a message is lost', async () => {
    const { page, server } = await open({
      onRequest: (request, socket, index) => send(socket, resultMessages(request, JANUARY).filter((_, position) => index > 0 || position !== 2)),
      search: '?month=2015-01',
    });
    expect(dayNumbers(await waitForRows(monthSection(page, 'January 2015')))).toEqual(JANUARY_DAYS);
    expect(server.requests).toMatchObject([{ type: 'query' }, { type: 'resume', result: 'result-1', after: 0 }]);
  });

  pageIt('shows an error when a message is lost each time', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket) => send(socket, resultMessages(request, JANUARY).filter((_, position) => position !== 2)),
    });
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
  });

  pageIt('shows the error of API Gateway when it fails each time', async () => {
    const { page, server } = await open({
      onRequest: (_request, socket) => send(socket, [{ message: 'Internal server error', connectionId: 'c', requestId: 'r' }]),
      context: {},
    });
    await waitForConnection(page, 'Connected');
    await page.clock.install();
    await submitMonth(page, '2015-01');
    const alert = page.getByRole('alert').getByText('Internal server error');
    await eventually(async () => {
      await page.clock.runFor(1000);
      expect(await alert.count()).toBe(1);
    });
    expect(server.requests.length).toBeGreaterThan(2);
  });

  pageIt('shows trips whose hour is unknown', async () => {
    const rows = [...hoursOf('2015-01-12'), [null, 5, '1.00', '2.00', '3.00', '4.00']];
    const { page } = await open({
      onRequest: (request, socket) => send(socket, resultMessages(request, rows, HOUR_COLUMNS)),
      search: '?day=2015-01-12',
    });
    const dialog = dayDialog(page, 'Monday, January 12, 2015');
    expect((await waitForRows(dialog)).at(-1)?.slice(0, 2)).toEqual(['Unknown', '5']);
    await dialog.getByText('Lowest: Unknown (5).').waitFor();
  });
});
