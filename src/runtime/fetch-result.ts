import type { ResultPage } from './ports';
import { Refusal } from './refusal';
import { encodeRows } from './row-messages';
import type { Fetched, RunTiming } from './run';
import { nextRunCheckSeconds, saveRun } from './run-work';
import type { Outcome, RunWork } from './run-work';
import type { Services } from './services';
import { desertedJob, GRACE_SECONDS, subscriberJob } from './subscribers';

/** What a worker keeps free before its deadline for one more page, in milliseconds. */
const PAGE_RESERVE_MS = 20_000;

/** Those who wait for a result that is long to fetch are told of its first rows after so many milliseconds, and then at twice the time. */
const FIRST_WAKE_MS = 500;

/** All is kept, or all before what cannot be sent; or the rest is for later. */
export type Fetching =
  | { readonly state: 'whole'; readonly fetched: Fetched; readonly timing: RunTiming; readonly refusal?: Refusal }
  | { readonly state: 'paused'; readonly outcome: Outcome };

/** Fetches a result page by page, from where the run stands, and keeps it encoded. Only one page is held at a time. */
export async function fetchResult(services: Services, work: RunWork, statementId: string): Promise<Fetching> {
  const { clock } = services;
  const startedAt = clock.now();
  let wakeAfter = FIRST_WAKE_MS;
  for (;;) {
    const { fetched, timing, refusal } = await fetchPage(services, work, statementId);
    if (fetched.token === undefined || refusal !== undefined) {
      return { state: 'whole', fetched, timing, refusal };
    }
    await saveRun(services, work, { fetched, timing });
    if (clock.now() - startedAt >= wakeAfter) {
      wakeAfter *= 2;
      if (!await wakeSubscribers(services, work)) {
        return { state: 'paused', outcome: nextRunCheckSeconds(work.run, clock.now()) };
      }
    }
    if (work.deadline - clock.now() < PAGE_RESERVE_MS || clock.now() >= work.run.timeLimitAt) {
      return { state: 'paused', outcome: 'more' };
    }
  }
}

interface Page {
  readonly fetched: Fetched;
  readonly timing: RunTiming;
  readonly refusal?: Refusal;
}

/** Fetches and keeps one page; what it returns is not stored yet. */
async function fetchPage({ clock, warehouse, results }: Services, { run }: RunWork, statementId: string): Promise<Page> {
  const startedAt = clock.now();
  const page = await warehouse.fetchPage(statementId, run.fetched.token);
  const timing = { ...run.timing, fetchingMs: run.timing.fetchingMs + clock.now() - startedAt };
  const { messages, fetched, refusal } = encodePage(run.run, run.fetched, page);
  if (messages.length > 0) {
    await results.keep(run, { seq: run.fetched.seq, messages });
  }
  return { fetched, timing, refusal };
}

function encodePage(result: string, before: Fetched, page: ResultPage): { messages: string[]; fetched: Fetched; refusal?: Refusal } {
  const messages: string[] = [];
  let { seq, rows, bytes } = before;
  let refusal: Refusal | undefined;
  try {
    for (const message of encodeRows({ result, seq, offset: rows }, page.columns, page.rows)) {
      messages.push(message.text);
      seq += 1;
      rows += message.rows;
      bytes += message.bytes;
    }
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    refusal = error;
  }
  return { messages, fetched: { seq, rows, bytes, token: page.nextToken }, refusal };
}

/** Has those who wait get what is there; false where nobody waits any more. */
async function wakeSubscribers({ store, queue }: Services, { run: { run } }: RunWork): Promise<boolean> {
  const subscribers = await store.subscribers(run);
  if (subscribers.length === 0) {
    await queue.send(desertedJob(run), GRACE_SECONDS);
    return false;
  }
  await queue.sendAll(subscribers.map((subscriber) => subscriberJob(run, subscriber)));
  return true;
}
