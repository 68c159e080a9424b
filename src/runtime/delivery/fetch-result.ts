import { isDeepStrictEqual } from 'node:util';
import { waitForClients } from './idle-run';
import { getElapsedMs } from '../model/elapsed';
import type { Refusal } from '../model/errors';
import { ServiceBusy } from '../model/ports';
import type { Fetched, RunTiming } from '../model/run';
import { saveRun } from '../model/run-work';
import type { Outcome, RunWork } from '../model/run-work';
import type { Services } from '../model/services';
import { subscriberJob } from '../requests/subscribers';
import { RowPacker } from '../results/batch-rows';

/** What a worker keeps free before its deadline for one more page, in milliseconds. */
const PAGE_RESERVE_MS = 20_000;

/** Those who wait for a result that is long to fetch are told of its first rows after so many milliseconds, and then at twice the time. */
const FIRST_WAKE_MS = 500;

/** All is kept, or all before what is not sent; or the rest is for later. */
export type Fetching =
  | {
    readonly state: 'whole';
    readonly fetched: Fetched;
    readonly timing: RunTiming;
    /** Whether the limits of the query cut it. */
    readonly truncated: boolean;
    /** Why the rest cannot be sent. */
    readonly refusal?: Refusal;
  }
  | { readonly state: 'paused'; readonly outcome: Outcome };

/**
 * Fetches a result page by page, from where the run stands, and keeps it encoded. Rows that do not fill a pack wait in memory for the next page; where
 * there is nothing else to tell those who wait, or the rest is left for later, they are kept as they are, so that nothing is fetched in vain.
 */
export async function fetchResult(services: Services, work: RunWork, statementId: string): Promise<Fetching> {
  const { clock } = services;
  const startedAt = clock.now();
  let wakeAfter = FIRST_WAKE_MS;
  let toldOf = work.run.fetched.seq;
  let packer = packerFor(work);
  for (;;) {
    await addPage(services, work, packer, statementId);
    const wakes = clock.now() - startedAt >= wakeAfter;
    const pauses = work.deadline - clock.now() < PAGE_RESERVE_MS || clock.now() >= work.run.timeLimitAt;
    const hasNothingToTell = wakes && packer.nextSeq === toldOf;
    if (!await keepRows(services, work, packer, packer.isWhole || hasNothingToTell || pauses)) {
      packer = packerFor(work);
    } else if (packer.isWhole) {
      return whole(work, packer);
    }
    if (wakes) {
      wakeAfter *= 2;
      toldOf = work.run.fetched.seq;
      if (!await wakeSubscribers(services, work)) {
        return { state: 'paused', outcome: await waitForClients(services, work) };
      }
    }
    if (pauses) {
      return { state: 'paused', outcome: 'more' };
    }
  }
}

function packerFor({ run: { run, definition, fetched } }: RunWork): RowPacker {
  return new RowPacker(run, fetched, definition!);
}

function whole({ run: { fetched, timing } }: RunWork, { stop }: RowPacker): Fetching {
  return { state: 'whole', fetched, timing, truncated: stop === 'truncated', refusal: stop === 'truncated' ? undefined : stop };
}

/** Fetches and encodes one page; what was fetched before one that has to wait is kept. */
async function addPage(services: Services, work: RunWork, packer: RowPacker, statementId: string): Promise<void> {
  const { clock, warehouse } = services;
  const startedAt = clock.now();
  try {
    packer.add(await warehouse.fetchPage(statementId, packer.token));
  } catch (error) {
    if (error instanceof ServiceBusy) {
      await keepRows(services, work, packer, true);
      await saveRun(services, work, { fetched: work.run.fetched, timing: work.run.timing });
    }
    throw error;
  }
  countFetching(work, getElapsedMs(startedAt, clock.now()));
}

/**
 * Keeps the rows that fill packs, or all, and stores how far the result is kept; at its end whoever ends the run does. False where another worker,
 * now dead, had kept something else under the same number: that stays, and it has to be gone on from its end.
 */
async function keepRows(services: Services, work: RunWork, packer: RowPacker, all: boolean): Promise<boolean> {
  const { clock, results } = services;
  const piece = packer.take(all);
  if (piece === undefined) {
    return true;
  }
  const startedAt = clock.now();
  const fetched = await results.keep(work.run, piece);
  countFetching(work, getElapsedMs(startedAt, clock.now()));
  const isOurs = isDeepStrictEqual(fetched, piece.after);
  if (isOurs && packer.isWhole) {
    work.run = { ...work.run, fetched };
  } else {
    await saveRun(services, work, { fetched, timing: work.run.timing });
  }
  return isOurs;
}

function countFetching(work: RunWork, milliseconds: number): void {
  const { timing } = work.run;
  work.run = { ...work.run, timing: { ...timing, fetchingMs: timing.fetchingMs + milliseconds } };
}

/** Has those who wait get what is there; false where nobody waits any more. */
async function wakeSubscribers({ store, queue }: Services, { run: { run } }: RunWork): Promise<boolean> {
  const subscribers = await store.subscribers(run);
  if (subscribers.length === 0) {
    return false;
  }
  await queue.sendAll(subscribers.map((subscriber) => subscriberJob(run, subscriber)));
  return true;
}
