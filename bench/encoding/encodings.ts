import { toDataApiPage } from './data-api-page';
import type { Trips } from './trips';
import { NOTHING_FETCHED } from '../../src/runtime/model/run';
import type { MessageBatch } from '../../src/runtime/model/stored-batches';
import { RowBatcher } from '../../src/runtime/results/batch-rows';
import { createCompressedMessage, unpack } from '../../src/runtime/results/message-batch';

/** The Data API doesn't document the size of its pages. Pages of 1,000 narrow rows were observed. */
export const ROWS_OF_PAGE = 1000;

const RUN = '0b7f1a52-6d3e-4c11-9a70-2f4f0b7cf2de';

/** A format of a result, as the strings that are sent. */
export interface Encoding {
  readonly name: string;
  readonly encode: (trips: Trips) => readonly string[];
  /** Whether the functions encode this format. Redshift encodes its own JSON. */
  readonly isMeasured: boolean;
}

export const ENCODINGS: readonly Encoding[] = [
  { name: 'JSON of the Data API, a page per message', encode: dataApiPages, isMeasured: false },
  { name: 'arrays of rows as JSON, a page per message', encode: arrayPages, isMeasured: true },
  { name: 'plain `rows` messages', encode: plainMessages, isMeasured: true },
  { name: '`rows` messages in gzip batches', encode: gzipMessages, isMeasured: true },
];

/** The reference: the rows as one JSON document. */
export function stringify({ rows }: Trips): number {
  return JSON.stringify(rows).length;
}

function dataApiPages({ columns, rows }: Trips): string[] {
  return pagesOf(rows).map((page, index, pages) => toDataApiPage(columns, page, {
    totalRows: rows.length,
    nextToken: index + 1 < pages.length ? `${RUN}:${index + 1}` : undefined,
  }));
}

function arrayPages({ rows }: Trips): string[] {
  return pagesOf(rows).map((page) => JSON.stringify(page));
}

function plainMessages(trips: Trips): string[] {
  return batchesOf(trips).flatMap(({ batch }) => unpack(batch));
}

function gzipMessages(trips: Trips): string[] {
  return batchesOf(trips).flatMap(({ batch, seq }) => batch.lengths.length > 1 ? [createCompressedMessage(RUN, seq, batch)] : unpack(batch));
}

/** Encodes the pages like `SendMessage`. Calls `timed` with the work for each page. */
export function batchesOf({ columns, rows }: Trips, timed = (work: () => void) => work()): { batch: MessageBatch; seq: number }[] {
  const batcher = new RowBatcher(RUN, NOTHING_FETCHED, {});
  const batches: { batch: MessageBatch; seq: number }[] = [];
  const pages = pagesOf(rows);
  for (const [index, page] of pages.entries()) {
    timed(() => batcher.add({ columns, rows: page, nextToken: index + 1 < pages.length ? String(index + 1) : undefined }));
    const chunk = batcher.take(batcher.isWhole);
    let seq = chunk?.seq ?? 0;
    for (const batch of chunk?.batches ?? []) {
      batches.push({ batch, seq });
      seq += batch.lengths.length;
    }
  }
  return batches;
}

function pagesOf(rows: Trips['rows']): Trips['rows'][] {
  return Array.from({ length: Math.ceil(rows.length / ROWS_OF_PAGE) }, (_, page) => rows.slice(page * ROWS_OF_PAGE, (page + 1) * ROWS_OF_PAGE));
}
