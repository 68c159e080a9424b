import { post } from './post';
import { createTerminalMessage, endRequest, createErrorMessage } from './terminal-message';
import { getElapsedMs } from '../model/elapsed';
import { RESULT_EXPIRED_MESSAGE, ServiceBusyError } from '../model/errors';
import { saveRequest } from '../model/request-work';
import type { RequestWork } from '../model/request-work';
import { isAvailable } from '../model/run';
import type { Run } from '../model/run';
import type { QueryServices } from '../model/services';
import type { MessageBatch, StoredBatches } from '../model/stored-batches';
import { createCompressedMessage, findBatch, unpack } from '../results/message-batch';
import { restartChecks } from '../runs/run-checks';

/** Time that a worker reserves before its deadline for one more message, in milliseconds. */
const POST_RESERVE_MS = 5000;

/** Maximum time that a request waits for `more`, in milliseconds. API Gateway closes a connection that is idle for 10 minutes. */
const STALL_LIMIT_MS = 10 * 60 * 1000;

/** Posts the stored messages of a result in order, within the window, and the terminal message at the end. */
export async function postRows(services: QueryServices, work: RequestWork): Promise<'more' | void> {
  for (;;) {
    const run = await readRun(services, work);
    if (run?.isClosed) {
      throw new ServiceBusyError('the run is closed and reopens soon');
    }
    if (!isAvailable(run)) {
      return endExpired(services, work);
    }
    const progress = await postStored(services, work, run);
    if (progress === 'expired') {
      return endExpired(services, work);
    }
    if (progress === 'more') {
      return 'more';
    }
    if (work.request.seq < run.fetched.seq) {
      if (await takeEarlyCredits(services, work)) {
        continue;
      }
      return waitForCredit(services, work, run);
    }
    if (run.outcome !== undefined) {
      return endRequest(services, work, createTerminalMessage(run, work.request));
    }
    return restartChecks(services, run);
  }
}

/** Returns the run of a request: once the one that its worker has just saved, if any. */
async function readRun({ store }: QueryServices, work: RequestWork): Promise<Run | undefined> {
  const { savedRun, request: { run } } = work;
  work.savedRun = undefined;
  return savedRun?.run === run ? savedRun : store.run(run);
}

async function endExpired(services: QueryServices, work: RequestWork): Promise<void> {
  await endRequest(services, work, createErrorMessage(work.request, 'result_expired', RESULT_EXPIRED_MESSAGE, false));
}

function hasNext({ request: { seq, windowEnd = Infinity } }: RequestWork, run: Run): boolean {
  return seq < Math.min(run.fetched.seq, windowEnd);
}

/** Posts stored messages, and saves the progress before more follow. */
async function postStored(services: QueryServices, work: RequestWork, run: Run): Promise<'done' | 'more' | 'expired'> {
  while (hasNext(work, run)) {
    const stored = run.batches === undefined ? await services.results?.find(run.run, work.request.seq) : { seq: 0, batches: run.batches };
    if (stored === undefined) {
      return 'expired';
    }
    await postBatches(services, work, run, stored);
    if (work.deadline - services.clock.now() < POST_RESERVE_MS) {
      return 'more';
    }
    if (work.request.seq < run.fetched.seq) {
      await saveRequest(services, work, {});
    }
  }
  return 'done';
}

async function postBatches(services: QueryServices, work: RequestWork, run: Run, stored: StoredBatches): Promise<void> {
  const { clock } = services;
  const startedAt = clock.now();
  try {
    for (const { message, messages } of createDeliveries(work, run, stored)) {
      await post(services, work.request, message);
      work.request = { ...work.request, seq: work.request.seq + messages, stalledAt: undefined };
      if (work.deadline - clock.now() < POST_RESERVE_MS) {
        return;
      }
    }
  } finally {
    work.request = { ...work.request, pushingMs: work.request.pushingMs + getElapsedMs(startedAt, clock.now()) };
  }
}

/** One post, and the number of messages in it. */
interface Delivery {
  readonly message: string;
  readonly messages: number;
}

/** Yields the next posts. A batch is compressed if the client accepts it and its window has room for the whole batch. */
function* createDeliveries(work: RequestWork, run: Run, stored: StoredBatches): Generator<Delivery> {
  for (let found = findBatch(stored, work.request.seq); found !== undefined && hasNext(work, run); found = findBatch(stored, work.request.seq)) {
    const { batch, seq } = found;
    if (canPostCompressed(work, batch, seq)) {
      yield { message: createCompressedMessage(run.run, seq, batch), messages: batch.lengths.length };
    } else {
      const messages = unpack(batch);
      while (work.request.seq < seq + messages.length && hasNext(work, run)) {
        yield { message: messages[work.request.seq - seq], messages: 1 };
      }
    }
  }
}

/** A batch of one message is sent uncompressed, because API Gateway bills both the same. */
function canPostCompressed({ request }: RequestWork, { lengths }: MessageBatch, seq: number): boolean {
  const { encodings = [], windowEnd = Infinity } = request;
  return encodings.includes('gzip') && lengths.length > 1 && request.seq === seq && seq + lengths.length <= windowEnd;
}

/** Applies credits that were received before the request had its result. Returns whether more messages fit the window. */
async function takeEarlyCredits(services: QueryServices, work: RequestWork): Promise<boolean> {
  const { connectionId, run, request, receivedAt } = work.request;
  const credits = await services.store.earlyCredits(connectionId, run, receivedAt);
  for (const { credit, name } of credits) {
    await services.store.allowMore(work.request, request, credit, name);
  }
  if (credits.length > 0) {
    await saveRequest(services, work, {});
  }
  return work.request.seq < work.request.windowEnd!;
}

/** Waits for `more`, but not forever: the checks of the run end the request, and restart if they had ended. */
async function waitForCredit(services: QueryServices, work: RequestWork, run: Run): Promise<void> {
  await restartChecks(services, run);
  const now = services.clock.now();
  const { stalledAt = now } = work.request;
  work.request = { ...work.request, stalledAt };
  if (now - stalledAt >= STALL_LIMIT_MS) {
    const message = `The client sent no "more" message for ${STALL_LIMIT_MS / 60_000} minutes. Resume the result to receive the rest.`;
    await endRequest(services, work, createErrorMessage(work.request, 'stalled', message, true));
  }
}
