import { randomBytes } from 'node:crypto';
import { messagesIn, batchOf, chunkOf } from '../batches';
import { newRun, StandingClock } from './store-fixture';
import type { StartTable, TableUnderTest } from './store-fixture';
import type { Results } from '../../../src/runtime/model/ports';

const KILOBYTE = 1024;

/** The compressed bytes of a result that is small so far, and of one that is large. */
const COMPRESSED_BYTES = [['small', 0], ['large', 1024 * KILOBYTE]] as const;

/** Every rule of `Results`, as a test of those that are started on a clock. */
export function describeResults(name: string, start: StartTable): void {
  describe.each(COMPRESSED_BYTES)(`the results in ${name}, %s ones`, (_, compressedBytes) => {
    const clock = new StandingClock();
    let table: TableUnderTest;

    beforeAll(async () => {
      table = await start(clock);
    });

    afterAll(async () => table.close());

    function newChunk(seq: number, batches: readonly (readonly string[])[]) {
      return chunkOf(seq, batches, { compressedBytes });
    }

    async function found(results: Results, run: string, seq: number): Promise<string | undefined> {
      const stored = await results.find(run, seq);
      return stored && messagesIn(stored)[seq];
    }

    it('contain each message of a chunk under its number, whichever batch has it', async () => {
      const run = newRun(clock);
      const batches = [['{"rows":[["ü"]]}', '{"rows":[["\\n"]]}'], ['{"rows":[[-0]]}']];
      await table.results().store(run, newChunk(3, batches));
      expect(await Promise.all([3, 4, 5].map(async (seq) => found(table.results(), run.run, seq)))).toEqual(batches.flat());
    });

    it('contain the batches unchanged', async () => {
      const run = newRun(clock);
      const chunk = { ...newChunk(0, []), batches: [batchOf(['{}', '{}'], 7), batchOf(['{"rows":[]}'], 12)] };
      await table.results().store(run, chunk);
      const { seq, batches } = (await table.results().find(run.run, 1))!;
      expect(seq).toBe(0);
      expect(batches.map(({ data, ...rest }) => ({ ...rest, data: Uint8Array.from(data) }))).toEqual(chunk.batches);
    });

    it('contain no message before or after the stored messages, and none of another run', async () => {
      const run = newRun(clock);
      await table.results().store(run, newChunk(3, [['{}', '{}']]));
      expect(await table.results().find(run.run, 2)).toBeUndefined();
      expect(await table.results().find(run.run, 5)).toBeUndefined();
      expect(await table.results().find(newRun(clock).run, 3)).toBeUndefined();
    });

    it('contain each message when there are many chunks', async () => {
      const run = newRun(clock);
      const batches = (seq: number) => [[seq, seq + 1], [seq + 2, seq + 3]].map((batch) => batch.map((number) => `{"seq":${number}}`));
      const chunks = [0, 4, 8, 12].map((seq) => newChunk(seq, batches(seq)));
      for (const chunk of chunks) {
        await table.results().store(run, chunk);
      }
      for (let seq = 0; seq < 16; seq += 1) {
        expect(await found(table.results(), run.run, seq)).toBe(`{"seq":${seq}}`);
      }
    });

    it('contain the chunks in numeric order, not in lexical order', async () => {
      const run = newRun(clock);
      for (const seq of [9, 10, 100]) {
        await table.results().store(run, newChunk(seq, [[`{"seq":${seq}}`]]));
      }
      expect(await found(table.results(), run.run, 10)).toBe('{"seq":10}');
      expect(await table.results().find(run.run, 99)).toBeUndefined();
    });

    it('contain a chunk of 200 KB', async () => {
      const run = newRun(clock);
      const messages = Array.from({ length: 10 }, () => JSON.stringify(randomBytes(10 * KILOBYTE).toString('hex')));
      await table.results().store(run, newChunk(0, messages.map((message) => [message])));
      expect(await found(table.results(), run.run, 9)).toBe(messages[9]);
    });

    it('contain a chunk once when it is stored twice', async () => {
      const run = newRun(clock);
      const chunk = newChunk(0, [['{}']]);
      const results = table.results();
      expect(await results.store(run, chunk)).toEqual(chunk.after);
      expect(await results.store(run, chunk)).toEqual(chunk.after);
      expect(await found(results, run.run, 0)).toBe('{}');
      expect(await found(table.results(), run.run, 0)).toBe('{}');
    });

    it('contain the first of two different chunks, and the second call to store returns the progress of the first', async () => {
      const run = newRun(clock);
      const first = chunkOf(4, [['{"first":1}', '{"first":2}']], { compressedBytes, rows: 8, token: 'next', rowsOfPage: 3 });
      const second = newChunk(4, [['{"second":1}']]);
      const [one, other] = [table.results(), table.results()];
      expect(await one.store(run, first)).toEqual(first.after);
      expect(await other.store(run, second)).toEqual(first.after);
      for (const results of [one, other, table.results()]) {
        expect([await found(results, run.run, 4), await found(results, run.run, 5)]).toEqual(['{"first":1}', '{"first":2}']);
      }
    });

    it('contain one of two chunks that are stored at the same time, for all readers', async () => {
      const run = newRun(clock);
      const chunks = [newChunk(0, [['{"one":1}']]), newChunk(0, [['{"two":1}', '{"two":2}']])];
      const writers = chunks.map(() => table.results());
      const [one, other] = await Promise.all(writers.map(async (results, index) => results.store(run, chunks[index])));
      expect(one).toEqual(other);
      const first = await Promise.all([...writers, table.results()].map(async (results) => found(results, run.run, 0)));
      expect(first).toEqual(Array(3).fill(one.seq === 1 ? '{"one":1}' : '{"two":1}'));
    });

    it('contain no expired chunk, even for the function that stored it', async () => {
      const run = newRun(clock);
      const results = table.results();
      await results.store(run, newChunk(0, [['{}']]));
      clock.passLife();
      expect(await results.find(run.run, 0)).toBeUndefined();
      expect(await table.results().find(run.run, 0)).toBeUndefined();
    });
  });
}
