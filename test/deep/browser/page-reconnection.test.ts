import { usePageTests } from '../../browser/page-tests';
import { monthSection, submitMonth, waitForConnection, waitForRows, waitForStatus } from '../../browser/taxi-page';
import { daysFrom, resultMessages, send } from '../../browser/taxi-results';
import { eventually } from '../../support/eventually';

const JANUARY = daysFrom('2015-01', 31);
const { pageIt, open } = usePageTests();

describe('the connection', () => {
  pageIt('is retried less and less often while the service rejects it', async () => {
    const { page, server } = await open({ expectedErrors: /WebSocket connection .* failed/, context: {} });
    await waitForConnection(page, 'Connected');
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
    server.isAccepting = false;
    server.closeConnections();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await waitForConnection(page, 'Disconnected');
      const countdown = await page.getByText(/Reconnecting in \d+ s\./).textContent();
      const seconds = Number(/(\d+) s/.exec(countdown ?? '')?.[1]);
      delays.push(seconds);
      const rejection = page.waitForEvent('console', (message) => message.text().includes('failed'));
      await page.clock.runFor(seconds * 1000);
      await rejection;
    }
    expect(delays).toEqual([...delays].sort((left, right) => left - right));
    expect(delays[5]).toBeGreaterThanOrEqual(14);
    expect(delays[5]).toBeLessThanOrEqual(30);
  });

  pageIt('submits the query again when it closes before the query is accepted', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket, index) => (index === 0 ? socket.close(1001) : send(socket, resultMessages(request, JANUARY))),
    });
    expect(await waitForRows(monthSection(page, 'January 2015'))).toHaveLength(31);
    expect(server.requests.map((request) => request.id)).toEqual(['1', '2']);
  });

  pageIt('submits the query again when the interrupted result is not stored any more', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket, index) => {
        if (index === 0) {
          send(socket, resultMessages(request, JANUARY).slice(0, 2));
          socket.close(1001);
        } else if (request.type === 'resume') {
          send(socket, [{ type: 'error', id: request.id, code: 'result_expired', message: 'The result expired.', retryable: true }]);
        } else {
          send(socket, resultMessages(request, JANUARY));
        }
      },
    });
    expect(await waitForRows(monthSection(page, 'January 2015'))).toHaveLength(31);
    expect(server.requests.map(({ type }) => type)).toEqual(['query', 'resume', 'query']);
  });

  pageIt('shows the rows that it received before it was lost', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      onRequest: (request, socket) => send(socket, resultMessages(request, JANUARY).slice(0, 2)),
      expectedErrors: /WebSocket connection .* failed/,
    });
    const section = monthSection(page, 'January 2015');
    await waitForStatus(section, 'Receiving the rows…');
    server.isAccepting = false;
    server.closeConnections();
    await waitForStatus(section, 'Connection lost. The query continues when the connection is back.');
    await section.getByText(/ · 10 rows$/).waitFor();
  });

  pageIt('is an error when it closes each time, until the user tries again', async () => {
    let isRestored = false;
    const { page, server } = await open({
      onRequest: (request, socket) => (isRestored ? send(socket, resultMessages(request, JANUARY)) : socket.close(1001)),
      context: {},
    });
    await waitForConnection(page, 'Connected');
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
    await submitMonth(page, '2015-01');
    const retry = page.getByRole('alert').getByRole('button', { name: 'Try again' });
    await eventually(async () => {
      // A connection that is open while the time advances counts as stable.
      if (await page.getByText('Reconnecting in').count() > 0) {
        await page.clock.fastForward(30_000);
      }
      expect(await retry.count()).toBe(1);
    });
    await waitForConnection(page, 'Disconnected');
    expect(server.requests).toHaveLength(10);
    isRestored = true;
    await retry.click();
    await waitForRows(monthSection(page, 'January 2015'));
    await waitForConnection(page, 'Connected');
  });
});
