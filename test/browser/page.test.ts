import type { Question } from './fake-server';
import { usePageTests } from './page-tests';
import { answerOf, answeringWith, COLUMNS, daysFrom, send } from './taxi-answers';
import { answerShown, askForMonth, barsShown, connectionShown, durationsShown, rowsShown, totalsShown } from './taxi-page';
import type { WireValue } from '../../src/protocol/messages';
import { eventually } from '../support/eventually';

const JANUARY = daysFrom('2015-01', 31);
const { pageTest, open } = usePageTests();

/** The sum of a column of hundredths, in hundredths. */
function hundredths(rows: readonly WireValue[][], column: number): number {
  return rows.reduce((sum, row) => sum + Math.round(Number(row[column]) * 100), 0);
}

/** Rows as a visitor reads them. */
function asShown(rows: readonly WireValue[][]): string[][] {
  return rows.map(([day, ...values]) => [String(day), ...values.map((value) => grouped(String(value)))]);
}

function grouped(text: string): string {
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, (match, _digits, offset: number) => (text.includes('.') && offset > text.indexOf('.') ? match : ','));
}

describe('an answer', () => {
  pageTest('shows 31 rows, 31 bars and the totals of January', async () => {
    const { page, server } = await open({ answering: answeringWith(JANUARY) });
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    const trips = JANUARY.reduce((sum, row) => sum + Number(row[1]), 0);
    const sums = [2, 3, 4, 5].map((column) => grouped((hundredths(JANUARY, column) / 100).toFixed(2)));

    expect(server.questions).toMatchObject([{ type: 'query', id: '1', parameters: { trip_month: '2015-01' } }]);
    expect(await rowsShown(page)).toEqual(asShown(JANUARY));
    expect(await totalsShown(page)).toEqual(['Total', grouped(String(trips)), ...sums]);
    const bars = await barsShown(page);
    expect(bars).toHaveLength(31);
    expect(bars[0]).toBe(`Thursday 1 January: ${grouped(String(JANUARY[0][1]))}`);
    expect(await page.locator('thead th').allTextContents())
      .toEqual(['Pickup date', 'Trips', 'Hours driven', 'Distance miles', 'Fare amount', 'Total amount']);
  });

  pageTest('says how long each stage took, and the whole', async () => {
    const { page } = await open({ answering: answeringWith(JANUARY), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    expect(await durationsShown(page)).toEqual(expect.objectContaining({
      'Waiting to start': '120 ms',
      'Running in Redshift': '840 ms',
      'Event on its way': '150 ms',
      'Fetching the rows': '90 ms',
      'Pushing the rows': '30 ms',
      'Seen by this browser': expect.stringMatching(/^\d+ ms$|^\d\.\d\d s$/),
    }));
  });

  pageTest('draws the column that is chosen, and says in a sentence what the chart shows', async () => {
    const { page } = await open({ answering: answeringWith(JANUARY), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    await page.getByRole('group', { name: /^Trips in January 2015: most on Sunday 11 January .* least on Tuesday 27 January/ }).waitFor();
    await page.getByLabel('Day by day').selectOption({ label: 'Fare amount' });
    await page.getByRole('group', { name: /^Fare amount in January 2015/ }).waitFor();
    expect((await barsShown(page))[0]).toBe(`Thursday 1 January: ${grouped(String(JANUARY[0][4]))}`);
  });

  pageTest('of a month without trips says so in words', async () => {
    const { page } = await open({ answering: answeringWith([]) });
    await askForMonth(page, '2016-03');
    await page.getByText('No trips in March 2016', { exact: true }).waitFor();
    expect(await page.locator('#month-table').isVisible()).toBe(false);
    expect(await page.locator('#month-chart').isVisible()).toBe(false);
  });

  pageTest('of 2,000 rows in 80 messages is shown whole and in order', async () => {
    const rows = daysFrom('2015-01', 2000);
    const { page } = await open({ answering: answeringWith(rows, COLUMNS, 25), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toEqual(asShown(rows));
    expect(await barsShown(page)).toHaveLength(2000);
    await page.getByRole('status').getByText(/^2,000 rows in /).waitFor();
  });

  pageTest('keeps every digit of the values and of the totals', async () => {
    const columns = [{ name: 'zone', type: 'varchar' }, { name: 'riders', type: 'int8' }, { name: 'tip', type: 'numeric' }, { name: 'share', type: 'float8' }];
    const rows = [['', '9007199254740993', '0.10', 0.1], ['true', 2, '-0.30', 1e-7], ['Zürich', null, '1234567890123456.70', null]];
    const { page } = await open({ answering: answeringWith(rows, columns), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toEqual([
      ['', '9,007,199,254,740,993', '0.10', '0.10'],
      ['true', '2', '-0.30', '0.00'],
      ['Zürich', '–', '1,234,567,890,123,456.70', '–'],
    ]);
    expect(await totalsShown(page)).toEqual(['Total', '9,007,199,254,740,995', '1,234,567,890,123,456.50', '0.10']);
    expect(await page.getByTitle('1e-7').textContent()).toBe('0.00');
  });

  pageTest('with a value that is not a number has no total for it', async () => {
    const columns = [{ name: 'pickup_date', type: 'date' }, { name: 'trips', type: 'float8' }];
    const { page } = await open({ answering: answeringWith([['2015-01-01', 'NaN'], ['2015-01-03', 2]], columns), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toEqual([['2015-01-01', 'NaN'], ['2015-01-03', '2']]);
    expect(await totalsShown(page)).toEqual(['Total', '–']);
    expect(await barsShown(page)).toEqual(['Saturday 3 January: 2']);
  });

  pageTest('that holds HTML shows it as text', async () => {
    const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const columns = [{ name: 'pickup_date', type: 'varchar' }, { name: `trips ${markup}`, type: 'int8' }];
    const { page } = await open({ answering: answeringWith([[markup, 1]], columns), search: '?month=2015-01' });
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toEqual([[markup, '1']]);
    expect(await page.locator('thead th').last().textContent()).toBe(`Trips ${markup}`);
    expect(await barsShown(page)).toEqual([`${markup}: 1`]);
    expect(await page.locator('#month-answer img, #answer script').count()).toBe(0);
    expect(await page.title()).toBe('January 2015 · New York by taxi');
  });
});

describe('messages', () => {
  pageTest('that come twice, out of order, or of an unknown type change nothing', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      answering: (question, socket) => {
        const [accepted, first, second, third, fourth, complete] = answerOf(question, JANUARY);
        socket.send('no JSON');
        send(socket, [second, { type: 'weather', result: 'result-1' }, accepted, { ...first, later: true }, second, first, complete, fourth, accepted, third]);
      },
    });
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toEqual(asShown(JANUARY));
  });

  pageTest('of a question that was superseded are ignored, and it is cancelled', async () => {
    const questions: Question[] = [];
    const february = daysFrom('2015-02', 28);
    const { page, server } = await open({
      answering: (question, socket, index) => {
        questions.push(question);
        if (index === 1) {
          send(socket, [...answerOf(questions[0], JANUARY), ...answerOf(question, february).slice(0, 2)]);
        } else if (index === 2) {
          send(socket, [...answerOf(questions[1], february), ...answerOf(question, daysFrom('2015-03', 31))]);
        }
      },
    });
    await askForMonth(page, '2015-01');
    await askForMonth(page, '2015-02');
    await page.getByText('10 rows so far').waitFor();
    expect(await page.locator('#month-answer').isVisible()).toBe(false);
    await askForMonth(page, '2015-03');
    await answerShown(page, 'March 2015');
    expect(await rowsShown(page)).toEqual(asShown(daysFrom('2015-03', 31)));
    expect(questions.map((question) => question.id)).toEqual(['1', '2', '3']);
    expect(server.remarks).toEqual(expect.arrayContaining([{ type: 'cancel', id: '1' }, { type: 'cancel', id: '2' }]));
    expect(server.remarks).not.toContainEqual({ type: 'cancel', id: '3' });
  });

  pageTest('that wait for their turn are said to', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      answering: (question, socket) => {
        const [accepted] = answerOf(question, JANUARY);
        send(socket, [accepted, { type: 'progress', result: 'result-1', state: 'waiting', elapsedMs: 10 }]);
      },
    });
    await page.getByRole('status').getByText('Redshift is busy; January 2015 waits for its turn…').waitFor();
  });

  pageTest('that take longer than a second are waited for with a count of the seconds', async () => {
    const { page } = await open({ answering: (question, socket) => send(socket, answerOf(question, JANUARY).slice(0, 1)) });
    await connectionShown(page, 'Connected');
    await page.clock.install();
    await askForMonth(page, '2015-01');
    await page.getByRole('status').getByText('Redshift is adding up January 2015…').waitFor();
    await page.clock.fastForward(3200);
    await page.getByText('3 s', { exact: true }).waitFor();
    expect(await page.locator('#month-answer').getAttribute('aria-busy')).toBe('true');
  });

  pageTest('that never come although they were announced are asked for again', async () => {
    const { page, server } = await open({
      answering: (question, socket, index) => send(socket, answerOf(question, JANUARY).filter((_, position) => index > 0 || position !== 2)),
    });
    await askForMonth(page, '2015-01');
    await answerShown(page, 'January 2015');
    expect(await rowsShown(page)).toEqual(asShown(JANUARY));
    expect(server.questions).toMatchObject([{ type: 'query' }, { type: 'resume', result: 'result-1', after: 0 }]);
  });

  pageTest('that never come, however often they are asked for, become an error in words', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      answering: (question, socket) => send(socket, answerOf(question, JANUARY).filter((_, position) => position !== 2)),
    });
    await page.getByRole('alert').getByText('some of them never came').waitFor();
  });

  pageTest('that were cut at the limit of the query say so', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      answering: (question, socket) => send(socket, answerOf(question, JANUARY).map((message) => (
        message.type === 'complete' ? { ...message, truncated: true } : message
      ))),
    });
    await page.getByText('The answer was too long: only its first 31 rows are here').waitFor();
  });

  pageTest('that nobody wants to wait for any longer are cancelled', async () => {
    const { page, server } = await open({ answering: (question, socket) => send(socket, answerOf(question, JANUARY).slice(0, 2)), search: '?month=2015-01' });
    await page.getByText('10 rows so far').waitFor();
    await page.getByRole('button', { name: 'Stop' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Stopped waiting for January 2015.').waitFor();
    await eventually(() => expect(server.remarks).toContainEqual({ type: 'cancel', id: '1' }));
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('month');
  });
});

describe('an error', () => {
  pageTest('is shown in the words of the server, and the form can be used again', async () => {
    const message = 'ERROR: relation "nyc_yellow_taxi" does not exist <b>';
    const { page } = await open({
      answering: (question, socket, index) => {
        const [accepted, ...rest] = answerOf(question, JANUARY);
        const error = { type: 'error', id: question.id, result: 'result-1', code: 'statement_failed', message, retryable: false };
        send(socket, [accepted, ...(index === 0 ? [error] : rest)]);
      },
    });
    await askForMonth(page, '2015-01');
    await page.getByRole('alert').getByText(message).waitFor();
    await page.getByRole('alert').getByText('No answer for January 2015.').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);

    await page.getByRole('button', { name: 'Show trips' }).click();
    await answerShown(page, 'January 2015');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  pageTest('takes away the answer to an earlier question, and offers to try again where that may help', async () => {
    const { page } = await open({
      search: '?month=2015-01',
      answering: (question, socket, index) => send(socket, index !== 1
        ? answerOf(question, JANUARY)
        : [{ type: 'error', id: question.id, code: 'start_refused', message: 'too many statements', retryable: true }]),
    });
    await answerShown(page, 'January 2015');
    await askForMonth(page, '2015-02');
    await page.getByRole('alert').getByText('too many statements').waitFor();
    expect(await page.locator('#month-answer').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Try again' }).click();
    await answerShown(page, 'February 2015');
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  pageTest('of API Gateway itself is shown too, when asking again has not helped', async () => {
    const { page, server } = await open({
      answering: (_question, socket) => send(socket, [{ message: 'Internal server error', connectionId: 'c', requestId: 'r' }]),
    });
    await connectionShown(page, 'Connected');
    await page.clock.install();
    await askForMonth(page, '2015-01');
    const said = page.getByRole('alert').getByText('API Gateway could not deliver the query: Internal server error');
    await eventually(async () => {
      await page.clock.runFor(1000);
      expect(await said.count()).toBe(1);
    });
    expect(server.questions.length).toBeGreaterThan(2);
  });
});
