import { isDeepStrictEqual } from 'node:util';
import { waitForClients } from './idle-run';
import { getElapsedMs } from '../model/elapsed';
import { ServiceBusyError } from '../model/errors';
import type { RejectedRequestError } from '../model/errors';
import type { ResultChunk, ResultPage } from '../model/ports';
import type { Fetched, RunTiming } from '../model/run';
import { saveRun } from '../model/run-work';
import type { NextCheck, RunWork } from '../model/run-work';
import type { QueryServices } from '../model/services';
import type { MessageBatch } from '../model/stored-batches';
import { createRequestJob } from '../requests/subscribers';
import { RowBatcher } from '../results/batch-rows';

/** Maximum compressed size of a result that is stored with its run, in bytes. Each write of the run then costs as many write units as kilobytes. */
const MAX_SMALL_RESULT_BYTES = 8 * 1024;

/** Time that a worker reserves before its deadline for one more page, in milliseconds. */
const PAGE_RESERVE_MS = 20_000;

/** Delay until subscribers receive the first rows of a long result, in milliseconds. The delay doubles each time. */
const FIRST_WAKE_MS = 500;

/** The progress of a fetch: `whole` if all rows are stored, or all rows before one that exceeds a limit. `paused` if the rest follows later. */
export type Fetching =
  | {
    readonly state: 'whole';
    readonly fetched: Fetched;
    /** The message batches of a small result, which aren't stored yet. */
    readonly batches?: readonly MessageBatch[];
    readonly timing: RunTiming;
    /** Whether the limits of the query truncated the result. */
    readonly truncated: boolean;
    /** Why the remaining rows can't be sent. */
    readonly rejection?: RejectedRequestError;
  }
  | { readonly state: 'paused'; readonly next: NextCheck };

/**
 * Fetches a result page by page, from the stored progress, and stores it encoded. Rows that don't fill a batch wait for the next page. They are
 * stored earlier if subscribers have nothing else to receive, or if the fetch pauses.
 */
export async function fetchResult(services: QueryServices, work: RunWork, statementId: string): Promise<Fetching> {
  const { clock } = services;
  const startedAt = work.ahead?.startedAt ?? clock.now();
  let wakeAfter = FIRST_WAKE_MS;
  let notifiedSeq = work.run.fetched.seq;
  let batcher = createBatcher(work);
  for (;;) {
    await addPage(services, work, batcher, statementId);
    const wakes = clock.now() - startedAt >= wakeAfter;
    const pauses = work.deadline - clock.now() < PAGE_RESERVE_MS || clock.now() >= work.run.timeoutAt;
    const hasNothingNew = wakes && batcher.nextSeq === notifiedSeq;
    const storing = await storeRows(services, work, batcher, batcher.isWhole || hasNothingNew || pauses);
    if (storing === 'replaced') {
      batcher = createBatcher(work);
    } else if (storing === 'stored' && batcher.isWhole) {
      return createComplete(work, batcher);
    } else if (services.results === undefined) {
      return { state: 'paused', next: 'more' };
    }
    if (wakes) {
      wakeAfter *= 2;
      notifiedSeq = work.run.fetched.seq;
      if (!await wakeSubscribers(services, work)) {
        return { state: 'paused', next: await waitForClients(services, work) };
      }
    }
    if (pauses) {
      return { state: 'paused', next: 'more' };
    }
  }
}

function createBatcher({ run: { run, definition, fetched } }: RunWork): RowBatcher {
  return new RowBatcher(run, fetched, definition);
}

function createComplete({ run: { fetched, batches, timing } }: RunWork, { stop }: RowBatcher): Fetching {
  return { state: 'whole', fetched, batches, timing, truncated: stop === 'truncated', rejection: stop === 'truncated' ? undefined : stop };
}

/** Fetches and encodes one page. If the page is deferred, stores the rows before it. */
async function addPage(services: QueryServices, work: RunWork, batcher: RowBatcher, statementId: string): Promise<void> {
  const { clock, statementApi } = services;
  const ahead = takeFirstPage(work, batcher, statementId);
  const startedAt = ahead?.startedAt ?? clock.now();
  try {
    batcher.add(await (ahead?.page ?? statementApi.fetchPage(statementId, batcher.token)));
  } catch (error) {
    if (error instanceof ServiceBusyError) {
      await storeRows(services, work, batcher, true);
      await saveRun(services, work, { fetched: work.run.fetched, timing: work.run.timing });
    }
    throw error;
  }
  countFetching(work, getElapsedMs(startedAt, clock.now()));
}

/** Returns the first page if it was read ahead. */
function takeFirstPage({ ahead }: RunWork, { token }: RowBatcher, statementId: string): { page: Promise<ResultPage>; startedAt: number } | undefined {
  if (ahead?.firstPage === undefined || ahead.statementId !== statementId || token !== undefined) {
    return undefined;
  }
  const { firstPage: page, startedAt } = ahead;
  ahead.firstPage = undefined;
  return { page, startedAt };
}

/**
 * Stores full batches, or all rows, and saves the progress. At the end of the result, the end of the run saves it, together with a small result.
 * `replaced`: another worker stored a different chunk under the same number, and the fetch continues after that chunk. `skipped`: this function stores
 * only small results.
 */
async function storeRows(services: QueryServices, work: RunWork, batcher: RowBatcher, all: boolean): Promise<'stored' | 'replaced' | 'skipped'> {
  const { clock, results } = services;
  const chunk = batcher.take(all);
  if (chunk === undefined) {
    return 'stored';
  }
  if (batcher.isWhole && isSmall(chunk)) {
    work.run = { ...work.run, fetched: chunk.after, batches: chunk.batches };
    return 'stored';
  }
  if (results === undefined) {
    return 'skipped';
  }
  const startedAt = clock.now();
  const fetched = await results.store(work.run, chunk);
  countFetching(work, getElapsedMs(startedAt, clock.now()));
  const isOwnChunk = isDeepStrictEqual(fetched, chunk.after);
  if (isOwnChunk && batcher.isWhole) {
    work.run = { ...work.run, fetched };
  } else {
    await saveRun(services, work, { fetched, timing: work.run.timing });
  }
  return isOwnChunk ? 'stored' : 'replaced';
}

function isSmall({ seq, after }: ResultChunk): boolean {
  return seq === 0 && after.compressedBytes <= MAX_SMALL_RESULT_BYTES;
}

function countFetching(work: RunWork, milliseconds: number): void {
  const { timing } = work.run;
  work.run = { ...work.run, timing: { ...timing, fetchingMs: timing.fetchingMs + milliseconds } };
}

/** Delivers the stored rows to the subscribers. Returns false without subscribers. */
async function wakeSubscribers({ store, queue }: QueryServices, { run: { run } }: RunWork): Promise<boolean> {
  const subscribers = await store.subscribers(run);
  if (subscribers.length === 0) {
    return false;
  }
  await queue.sendAll(subscribers.map((subscriber) => ({ job: createRequestJob(subscriber) })));
  return true;
}
