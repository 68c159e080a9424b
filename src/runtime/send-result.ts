import { encodeRows } from './row-messages';
import type { EncodedRows } from './row-messages';
import type { Lease, Run, RunProgress } from './run';
import type { Services } from './services';

/** A run that this worker alone works on until the deadline, and how far it got. */
export interface Work {
  readonly run: Run;
  readonly lease: Lease;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  progress: RunProgress;
}

/** What a worker keeps free before its deadline for one more page, in milliseconds. */
const PAGE_RESERVE_MS = 20_000;

/** Whoever waited has gone, or another worker has taken over. */
export class RunLost extends Error {
  public readonly name = 'RunLost';
}

/**
 * Sends the rows of a statement, page by page, from where the progress stands. Returns whether all were sent: false when
 * the time ran out before the last page.
 */
export async function sendResult(services: Services, work: Work, statementId: string): Promise<boolean> {
  for (;;) {
    const nextToken = await sendPage(services, work, statementId);
    if (nextToken === undefined) {
      return true;
    }
    const { seq, rows } = work.progress;
    work.progress = { ...work.progress, page: { token: nextToken, seq, offset: rows } };
    if (!await services.store.save(work.lease, work.progress)) {
      throw new RunLost('the run is no longer ours');
    }
    if (work.deadline - services.clock.now() < PAGE_RESERVE_MS) {
      return false;
    }
  }
}

/** Sends the messages of one page that were not sent yet, and returns the token of the next page. */
async function sendPage(services: Services, work: Work, statementId: string): Promise<string | undefined> {
  const { page: position } = work.progress;
  const page = await timed(services, work, 'fetchingMs', () => services.warehouse.fetchPage(statementId, position.token));
  let { seq } = position;
  for (const message of encodeRows({ result: work.run.run, seq, offset: position.offset }, page.columns, page.rows)) {
    if (seq === work.progress.seq) {
      await timed(services, work, 'pushingMs', () => services.connections.post(work.run.connectionId, message.text));
      countSent(work, message);
    }
    seq += 1;
  }
  return page.nextToken;
}

function countSent(work: Work, message: EncodedRows): void {
  const { seq, rows, bytes } = work.progress;
  work.progress = { ...work.progress, seq: seq + 1, rows: rows + message.rows, bytes: bytes + message.bytes };
}

async function timed<T>(services: Services, work: Work, stage: 'fetchingMs' | 'pushingMs', action: () => Promise<T>): Promise<T> {
  const startedAt = services.clock.now();
  const result = await action();
  const { timing } = work.progress;
  work.progress = { ...work.progress, timing: { ...timing, [stage]: timing[stage] + services.clock.now() - startedAt } };
  return result;
}
