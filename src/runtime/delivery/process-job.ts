import { handleExhaustedRetries } from './handle-exhausted-retries';
import { sendMessage } from './send-message';
import { resetAttempts } from '../model/jobs';
import type { Job } from '../model/jobs';
import type { Services } from '../model/services';

/** Number of failures after which the retries of a job are exhausted. */
export const MAX_FAILURES = 5;

/**
 * Maximum number of failures of a check. With backoff, they take longer than the maximum connection duration of 2 hours. Until then a client may
 * wait for the outcome.
 */
const MAX_CHECK_FAILURES = 140;

const MAX_FAILURE_DELAY_SECONDS = 60;

/**
 * Processes a job of the delivery queue. If the job fails, a copy that counts its failures returns to the queue. The receive count of SQS isn't
 * usable, because it includes throttled invocations. After exhausted retries, the job becomes a dead letter, and the copy notifies the clients.
 * Throws if the copy can't be sent; SQS then delivers the message again.
 */
export async function processJob(services: Services, job: Job, deadline: number): Promise<void> {
  const { failures = 0 } = job;
  try {
    await (failures < MAX_FAILURES ? sendMessage : handleExhaustedRetries)(services, job, deadline);
  } catch (error) {
    services.log({ level: 'error', event: 'job_failed', job: job.type, failures: failures + 1, reason: String(error) });
    await recordFailure(services, { ...job, failures: failures + 1 });
  }
}

async function recordFailure({ queue, deadLetters }: Services, job: Job & { readonly failures: number }): Promise<void> {
  // A post job contains a message for a client that will have gone when dead letters are redriven.
  if (job.failures === MAX_FAILURES && job.type !== 'post') {
    await deadLetters.add(JSON.stringify(resetAttempts(job)));
  }
  if (job.failures <= (isCheck(job) ? MAX_CHECK_FAILURES : MAX_FAILURES)) {
    await queue.send(job, getFailureDelaySeconds(job.failures));
  }
}

function isCheck(job: Job): boolean {
  return job.type === 'run' && job.check !== undefined;
}

/** Delay before the next attempt: 2, 4, 8, … seconds, at most one minute. */
function getFailureDelaySeconds(failures: number): number {
  return Math.min(2 ** failures, MAX_FAILURE_DELAY_SECONDS);
}
