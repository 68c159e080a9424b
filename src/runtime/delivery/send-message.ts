import { advanceRun } from './advance-run';
import { expireSession } from '../access/session-expiry';
import type { Job } from '../model/jobs';
import type { Services } from '../model/services';
import { deliverResult } from '../requests/deliver-result';
import { postOnce } from '../requests/notify';

/** Does one job of the delivery queue. What cannot be done yet goes back to the queue; an error is for the queue to repeat. */
export async function sendMessage(services: Services, job: Job, deadline: number): Promise<void> {
  switch (job.type) {
    case 'run': return advanceRun(services, job, deadline);
    case 'request': return deliverResult(services, job, deadline);
    case 'expiry': return expireSession(services, job);
    case 'post': await postOnce(services, job);
  }
}
