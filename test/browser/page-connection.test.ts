import { usePageTests } from './page-tests';
import { answerOf, answeringWith, COLUMNS, daysFrom, send } from './taxi-answers';
import { answerShown, askForMonth, connectionShown, rowsShown } from './taxi-page';
import { eventually } from '../support/eventually';

const JANUARY = daysFrom('2015-01', 31);
const { pageTest, open } = usePageTests();

describe('the connection', () => {
  pageTest('comes back by itself after the server has dropped it', async () => {
    const { page, server } = await open({ answering: answeringWith(JANUARY) });
    await connectionShown(page, 'Connected');
    const back = server.nextClient();
    server.dropClients();
    await back;
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    await connectionShown(page, 'Connected');
  });

  pageTest('says that it is lost, and comes back at once with Reconnect now', async () => {
    const { page, server } = await open();
    await connectionShown(page, 'Connected');
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
    server.dropClients();
    await connectionShown(page, 'Disconnected');
    await page.getByText(/trying again in \d s/).waitFor();
    await page.getByRole('button', { name: 'Reconnect now' }).focus();
    await page.keyboard.press('Enter');
    await connectionShown(page, 'Connected');
    expect(await page.getByRole('button', { name: 'Reconnect now' }).count()).toBe(0);
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('month');
  });

  pageTest('is tried less and less often while the server lets nobody in', async () => {
    const { page, server } = await open({ provokes: /WebSocket connection .* failed/ });
    await connectionShown(page, 'Connected');
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(60_000);
    server.isOpen = false;
    server.dropClients();
    const seconds: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const countdown = page.getByText(/trying again in \d+ s/);
      await countdown.waitFor();
      const wait = Number(/(\d+) s/.exec(await countdown.textContent() ?? '')?.[1]);
      seconds.push(wait);
      const refused = page.waitForEvent('console', (message) => message.text().includes('failed'));
      await page.clock.runFor(wait * 1000);
      await refused;
    }
    expect(seconds).toEqual([...seconds].sort((left, right) => left - right));
    expect(seconds[5]).toBeGreaterThanOrEqual(15);
    expect(seconds[5]).toBeLessThanOrEqual(30);
  });

  pageTest('that is lost before the answer came asks again when it is back', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      answering: (question, socket, index) => (index === 0 ? socket.close(1001) : send(socket, answerOf(question, JANUARY))),
    });
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toHaveLength(31);
    expect(server.questions.map((question) => question.id)).toEqual(['1', '2']);
  });

  pageTest('that is lost in the middle of an answer goes on where it was', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      answering: (question, socket, index) => {
        const [accepted, first, second, complete] = answerOf(question, JANUARY, COLUMNS, 16);
        if (index === 0) {
          send(socket, [accepted, first]);
          socket.close(1001);
        } else {
          send(socket, [accepted, second, complete]);
        }
      },
    });
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toHaveLength(31);
    expect(server.questions[1]).toMatchObject({ type: 'resume', id: '2', result: 'result-1', after: 0 });
  });

  pageTest('that comes back when the answer is not kept any more asks for all of it', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      answering: (question, socket, index) => {
        if (index === 0) {
          send(socket, answerOf(question, JANUARY).slice(0, 2));
          socket.close(1001);
        } else if (question.type === 'resume') {
          send(socket, [{ type: 'error', id: question.id, code: 'result_expired', message: 'not kept', retryable: true }]);
        } else {
          send(socket, answerOf(question, JANUARY));
        }
      },
    });
    await answerShown(page, 'January 2015');
    expect(server.questions.map(({ type }) => type)).toEqual(['query', 'resume', 'query']);
  });

  pageTest('that is lost in the middle of an answer is said to be, with what has come so far', async () => {
    const { page, server } = await open({
      search: '?month=2015-01',
      answering: (question, socket) => send(socket, answerOf(question, JANUARY).slice(0, 2)),
      provokes: /WebSocket connection .* failed/,
    });
    await page.getByText('10 rows so far').waitFor();
    server.isOpen = false;
    server.dropClients();
    await page.getByRole('status').getByText('The connection is lost; January 2015 goes on when it is back…').waitFor();
    await page.getByText('10 rows so far').waitFor();
  });

  pageTest('that is lost each time is an error in words, and asked over again only when it is told to', async () => {
    let isMended = false;
    const { page, server } = await open({
      answering: (question, socket) => (isMended ? send(socket, answerOf(question, JANUARY)) : socket.close(1001)),
    });
    await connectionShown(page, 'Connected');
    await page.clock.install();
    await askForMonth(page, '2015-01');
    const said = page.getByRole('alert').getByText('No connection could be kept or opened, in 10 attempts.');
    await eventually(async () => {
      await page.clock.fastForward(30_000);
      expect(await said.count()).toBe(1);
    });
    await connectionShown(page, 'Disconnected');
    expect(server.questions).toHaveLength(10);
    isMended = true;
    await page.getByRole('button', { name: 'Try again' }).click();
    await answerShown(page, 'January 2015');
    await connectionShown(page, 'Connected');
  });
});

describe('the address', () => {
  pageTest('of the page picks a month and asks at once', async () => {
    const { page } = await open({ answering: answeringWith(daysFrom('2015-02', 28)), search: '?month=2015-02' });
    await answerShown(page, 'February 2015');
    expect(await page.getByLabel('Month').inputValue()).toBe('2015-02');
  });

  pageTest('of the page follows what was asked, and nothing is asked without being told', async () => {
    const { page, server } = await open({ answering: answeringWith(JANUARY), config: { month: '2015-06' } });
    await connectionShown(page, 'Connected');
    expect(await page.getByLabel('Month').inputValue()).toBe('2015-06');
    expect(server.questions).toEqual([]);
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    expect(page.url()).toBe(`${server.url}?month=2015-01`);
  });

  pageTest('of the page that names no month says so, and asks nothing', async () => {
    const { page, server } = await open({ search: '?month=2015-13' });
    await page.getByRole('alert').getByText("'2015-13' should be a year and a month").waitFor();
    expect(await page.getByLabel('Month').inputValue()).toBe('2015-01');
    expect(server.questions).toEqual([]);
  });

  pageTest('of the WebSocket is missing: the page says so in words, and finds it once it is there', async () => {
    const { page, server } = await open({ config: 'missing', answering: answeringWith(JANUARY), provokes: /404/ });
    await page.getByRole('alert').getByText('config.json, which tells where to connect, is not beside the page (status 404)').waitFor();
    await connectionShown(page, 'No address to connect to');
    server.config = {};
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  pageTest('of the WebSocket is no such address: the page says which one', async () => {
    const { page } = await open({ config: { url: 'https://example.com' } });
    await page.getByRole('alert').getByText('its url is "https://example.com", and should begin with wss:// or ws://').waitFor();
  });
});
