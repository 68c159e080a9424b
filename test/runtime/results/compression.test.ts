import type { Cell, ResultChunk } from '../../../src/runtime/model/ports';
import { NOTHING_FETCHED } from '../../../src/runtime/model/run';
import { RowBatcher } from '../../../src/runtime/results/batch-rows';
import * as messageBatch from '../../../src/runtime/results/message-batch';
import { incompressible } from '../../support/incompressible';
import { inPages, measurements } from '../../support/result-rows';

jest.mock('../../../src/runtime/results/message-batch', () => {
  const actual = jest.requireActual<typeof messageBatch>('../../../src/runtime/results/message-batch');
  return { ...actual, compress: jest.fn(actual.compress) };
});

const COLUMNS = [{ name: 'value', type: 'varchar' }];
const DENSE = Array.from({ length: 20_000 }, (_, row) => [incompressible(60, row), row]);
const compress = jest.mocked(messageBatch.compress);

/** Returns the chunks of a whole result. */
function chunksOf(rows: readonly (readonly Cell[])[]): ResultChunk[] {
  const pages = inPages(rows, 1000);
  const batcher = new RowBatcher('run-1', NOTHING_FETCHED, {});
  return pages.flatMap((page, index) => {
    batcher.add({ columns: COLUMNS, rows: page, nextToken: index + 1 < pages.length ? String(index + 1) : undefined });
    const chunk = batcher.take(batcher.isWhole);
    return chunk === undefined ? [] : [chunk];
  });
}

beforeEach(() => {
  compress.mockClear();
});

describe('RowBatcher', () => {
  it.each([
    ['similar', measurements(20_000)],
    ['harder to compress from one on', [...measurements(20_000), ...DENSE]],
    ['easier to compress from one on', [...DENSE, ...measurements(20_000)]],
  ])('compresses most batches once when rows are %s', (_, rows) => {
    const batches = chunksOf(rows).flatMap((chunk) => chunk.batches);
    expect(batches.length).toBeGreaterThan(5);
    expect(compress.mock.calls.length).toBeGreaterThanOrEqual(batches.length);
    expect(compress.mock.calls.length).toBeLessThanOrEqual(1.1 * batches.length + 2);
  });

  it('compresses the first batch once when it continues a result', () => {
    const rows = measurements(12_000);
    const [{ after }] = chunksOf(rows);
    const pages = inPages(rows, 1000);
    compress.mockClear();
    const batcher = new RowBatcher('run-1', after, {});
    for (let page = Number(after.token); batcher.take(false) === undefined; page += 1) {
      batcher.add({ columns: COLUMNS, rows: pages[page], nextToken: String(page + 1) });
    }
    expect(compress).toHaveBeenCalledTimes(1);
  });
});
