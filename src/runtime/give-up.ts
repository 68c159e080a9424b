import { giveUpRun } from './advance-run';
import { giveUpRequest } from './answer-request';
import type { Job } from './jobs';
import type { Services } from './services';

/** Tells in words those who wait for a job that has failed too often; the job itself becomes a dead letter. */
export async function giveUp(services: Services, job: Job, deadline: number): Promise<void> {
  services.log({ notice: 'gave up', job: job.type, ...('run' in job ? { run: job.run } : {}) });
  switch (job.type) {
    case 'run': return giveUpRun(services, job, deadline);
    case 'request': return giveUpRequest(services, job, deadline);
    case 'post':
  }
}
