import { usePageTests } from './page-tests';
import { monthSection, submitMonth, waitForConnection, waitForRows } from './taxi-page';
import { COLUMNS, daysFrom, resultMessages, send, sendRows } from './taxi-results';

const JANUARY = daysFrom('2015-01', 31);
const { pageIt, open } = usePageTests();

describe('the connection', () => {
  pageIt('is restored when the service closes it', async () => {
    const { page, server } = await open({ onRequest: sendRows(JANUARY) });
    await waitForConnection(page, 'Connected');
    const reconnected = server.nextConnection();
    server.closeConnections();
    await reconnected;
    await submitMonth(page, '2015-01');
    await waitForRows(monthSection(page, 'January 2015'));
    await waitForConnection(page, 'Connected');
  });

  pageIt('shows when the page reconnects, and reconnects at once when the user presses the button', async () => {
    const { page, server } = await open({ context: {} });
    await waitForConnection(page, 'Connected');
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
    server.closeConnections();
    await waitForConnection(page, 'Disconnected');
    await page.getByText(/Reconnecting in \d s\./).waitFor();
    await page.getByRole('button', { name: 'Reconnect now' }).focus();
    await page.keyboard.press('Enter');
    await waitForConnection(page, 'Connected');
    expect(await page.getByRole('button', { name: 'Reconnect now' }).count()).toBe(0);
  });

  pageIt('resumes a result that it interrupted', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket, index) => {
        const [accepted, first, second, complete] = resultMessages(request, JANUARY, COLUMNS, 16);
        if (index === 0) {
          send(socket, [accepted, first]);
          socket.close(1001);
        } else {
          send(socket, [accepted, second, complete]);
        }
      },
    });
    expect(await waitForRows(monthSection(page, 'January 2015'))).toHaveLength(31);
    expect(server.requests[1]).toMatchObject({ type: 'resume', id: '2', result: 'result-1', after: 0 });
  });
});

describe('config.json', () => {
  pageIt('is reported as missing, and loaded when it exists', async () => {
    const { page, server } = await open({ config: 'missing', onRequest: sendRows(JANUARY), expectedErrors: /404/ });
    await waitForConnection(page, 'Disconnected');
    await page.getByText('Failed to load config.json (status 404). Deploy the page again.').waitFor();
    server.config = {};
    await submitMonth(page, '2015-01');
    await waitForRows(monthSection(page, 'January 2015'));
    await waitForConnection(page, 'Connected');
    await page.getByText('Failed to load config.json').waitFor({ state: 'hidden' });
  });

  pageIt('is reported when its URL is invalid', async () => {
    const { page } = await open({ config: { url: 'javascript:alert(1)' } });
    await submitMonth(page, '2015-01');
    await page.getByRole('alert').getByText('WebSocket').waitFor();
  });

  pageIt('shows its notice word for word', async () => {
    const notice = 'These trips are generated; <i>none</i> of them is real.';
    const { page } = await open({ config: { notice } });
    await page.getByRole('note').waitFor();
    expect(await page.getByRole('note').textContent()).toBe(notice);
  });

  pageIt('shows no notice when it contains none', async () => {
    const { page } = await open();
    await waitForConnection(page, 'Connected');
    expect(await page.getByRole('note').count()).toBe(0);
  });
});
