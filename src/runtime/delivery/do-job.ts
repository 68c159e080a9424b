import { handleExhaustedRetries } from './exhaust-retries';
import { sendMessage } from './send-message';
import { renewed } from '../model/jobs';
import type { Job } from '../model/jobs';
import type { Services } from '../model/services';

/** Number of failures after which the retries of a job are exhausted. */
export const MAX_FAILURES = 5;

/** A check of a run continues with its backoff for longer than API Gateway keeps a connection open, which is 2 hours: until then a client may wait for its outcome. */
const MAX_CHECK_FAILURES = 140;

const MAX_FAILURE_DELAY_SECONDS = 60;

/**
 * Does one job of the delivery queue. When the job fails, a copy that counts its failures returns to the queue: the number of times that SQS delivered a
 * message says nothing about it, because throttled invocations count too. When its retries are exhausted, the job becomes a dead letter, and the copy notifies
 * the clients. Throws if the copy could not be sent; the queue then delivers the same message again.
 */
export async function doJob(services: Services, job: Job, deadline: number): Promise<void> {
  const { failures = 0 } = job;
  try {
    await (failures < MAX_FAILURES ? sendMessage : handleExhaustedRetries)(services, job, deadline);
  } catch (error) {
    services.log({ level: 'error', event: 'job_failed', job: job.type, failures: failures + 1, reason: String(error) });
    await recordFailure(services, { ...job, failures: failures + 1 });
  }
}

async function recordFailure({ queue, deadLetters }: Services, job: Job & { readonly failures: number }): Promise<void> {
  // A post job holds what the client is to read, and the client has gone by the time that dead letters are moved back.
  if (job.failures === MAX_FAILURES && job.type !== 'post') {
    await deadLetters.add(JSON.stringify(renewed(job)));
  }
  if (job.failures <= (isCheck(job) ? MAX_CHECK_FAILURES : MAX_FAILURES)) {
    await queue.send(job, failureDelaySeconds(job.failures));
  }
}

function isCheck(job: Job): boolean {
  return job.type === 'run' && job.check !== undefined;
}

/** Time before the next attempt: 2, 4, 8, … seconds, at most one minute. */
function failureDelaySeconds(failures: number): number {
  return Math.min(2 ** failures, MAX_FAILURE_DELAY_SECONDS);
}
