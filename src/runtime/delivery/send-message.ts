import { advanceRun } from './advance-run';
import { expireSession } from '../access/session-expiry';
import type { Job } from '../model/jobs';
import type { Services } from '../model/services';
import { deliverResult } from '../requests/deliver-result';
import { postOnce } from '../requests/notify';

/** Processes one job of the delivery queue. Defers work that isn't possible yet. Throws errors, which the queue retries. */
export async function sendMessage(services: Services, job: Job, deadline: number): Promise<void> {
  switch (job.type) {
    case 'run': return advanceRun(services, job, deadline);
    case 'request': return deliverResult(services, job, deadline);
    case 'expiry': return expireSession(services, job);
    case 'post': await postOnce(services, job);
  }
}
