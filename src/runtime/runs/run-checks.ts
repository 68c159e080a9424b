import type { DelayedJob } from '../model/jobs';
import type { Run } from '../model/run';
import type { QueryServices } from '../model/services';

/** Delay of the first check of a run, in seconds, or its timeout if that is shorter. */
const FIRST_CHECK_SECONDS = 5;

/** Age at which a run has had its first check, in milliseconds. */
const FIRST_CHECK_MS = 10_000;

/** The first check of a run, and its delay. */
export function createFirstCheck({ run, definition }: Run): DelayedJob {
  return { job: { type: 'run', run, check: 0, attempt: 1 }, delaySeconds: Math.min(FIRST_CHECK_SECONDS, definition.timeoutSeconds) };
}

/** Restarts the checks of a run if they have ended, or if its function crashed before it queued the first one. A duplicate has no effect. */
export async function restartChecks({ queue, clock }: QueryServices, { run, check, settled, submittedAt }: Run): Promise<void> {
  const isMissing = check === 0 && clock.now() - submittedAt >= FIRST_CHECK_MS;
  if (settled || isMissing) {
    await queue.send({ type: 'run', run, check, attempt: 1 }, 1);
  }
}
