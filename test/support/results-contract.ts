import { newRun, StandingClock } from './store-fixture';
import type { StartTable, TableUnderTest } from './store-fixture';

const KILOBYTE = 1024;

/** The bytes that were fetched before: a result that is small so far, and one that is large. */
const FETCHED_BEFORE = [['small', 0], ['large', 1024 * KILOBYTE]] as const;

/** Every rule of `Results`, as a test of those that are started on a clock. */
export function describeResults(name: string, start: StartTable): void {
  describe.each(FETCHED_BEFORE)(`the results in ${name}, %s ones`, (_, bytes) => {
    const clock = new StandingClock();
    let table: TableUnderTest;

    beforeAll(async () => {
      table = await start(clock);
    });

    afterAll(async () => table.close());

    function newResult() {
      return newRun(clock, { fetched: { seq: 0, rows: 0, bytes } });
    }

    test('the messages of a piece are found by the number of each', async () => {
      const run = newResult();
      const kept = { seq: 3, messages: ['{"rows":[["ü"]]}', '{"rows":[["\\n"]]}', '{"rows":[[""]]}'] };
      await table.results().keep(run, kept);
      for (const seq of [3, 4, 5]) {
        expect(await table.results().find(run.run, seq)).toEqual(kept);
      }
    });

    test('a number before or after what is kept is not found, nor one of another run', async () => {
      const run = newResult();
      await table.results().keep(run, { seq: 3, messages: ['{}', '{}'] });
      expect(await table.results().find(run.run, 2)).toBeUndefined();
      expect(await table.results().find(run.run, 5)).toBeUndefined();
      expect(await table.results().find(newResult().run, 3)).toBeUndefined();
    });

    test('of many pieces the right one is found', async () => {
      const run = newResult();
      const pieces = [0, 4, 8, 12].map((seq) => ({ seq, messages: [0, 1, 2, 3].map((index) => `{"seq":${seq + index}}`) }));
      for (const piece of pieces) {
        await table.results().keep(run, piece);
      }
      for (let seq = 0; seq < 16; seq += 1) {
        const { seq: first, messages } = (await table.results().find(run.run, seq))!;
        expect(messages[seq - first]).toBe(`{"seq":${seq}}`);
      }
    });

    test('pieces are in the order of their numbers, not of their digits', async () => {
      const run = newResult();
      for (const seq of [9, 10, 100]) {
        await table.results().keep(run, { seq, messages: [`{"seq":${seq}}`] });
      }
      expect(await table.results().find(run.run, 10)).toEqual({ seq: 10, messages: ['{"seq":10}'] });
      expect(await table.results().find(run.run, 99)).toBeUndefined();
    });

    test.each([256, 1024])('a piece of %s KB is kept', async (kilobytes) => {
      const run = newResult();
      // The text, its quotes, and what separates it from the next make two kilobytes, half of them beyond ASCII.
      const messages = Array.from({ length: kilobytes / 2 }, () => JSON.stringify('ü'.repeat(512) + 'x'.repeat(1021)));
      await table.results().keep(run, { seq: 0, messages });
      expect(await table.results().find(run.run, messages.length - 1)).toEqual({ seq: 0, messages });
    });

    test('a piece is kept twice without harm', async () => {
      const run = newResult();
      const kept = { seq: 0, messages: ['{}'] };
      const results = table.results();
      await results.keep(run, kept);
      await results.keep(run, kept);
      expect(await results.find(run.run, 0)).toEqual(kept);
      expect(await table.results().find(run.run, 0)).toEqual(kept);
    });

    test('what has expired is not found, not even by who kept it', async () => {
      const run = newResult();
      const results = table.results();
      await results.keep(run, { seq: 0, messages: ['{}'] });
      clock.passLife();
      expect(await results.find(run.run, 0)).toBeUndefined();
      expect(await table.results().find(run.run, 0)).toBeUndefined();
    });
  });
}
