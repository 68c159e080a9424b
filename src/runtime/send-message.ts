import { startStatement } from './ask';
import { announce, deliver } from './deliver';
import { retryDelaySeconds } from './jobs';
import type { Job } from './jobs';
import { ConnectionGone, ServiceBusy } from './ports';
import type { Claim } from './ports';
import { mayStillOpen } from './run';
import { RunLost } from './send-result';
import type { Work } from './send-result';
import type { Services } from './services';
import { postOnce } from './tell';

/** A job about a stored run, which one worker at a time may do. */
type RunJob = Exclude<Job, { type: 'post' }>;

/** Does one job of the delivery queue. What cannot be done yet goes back to the queue; an error is for the queue to repeat. */
export async function sendMessage(services: Services, job: Job, deadline: number): Promise<void> {
  if (job.type === 'post') {
    await postOnce(services, job);
    return;
  }
  const claim = await claimWhenAble(services, job, deadline);
  if (claim.state === 'missing') {
    services.log({ notice: 'nobody waits', job: job.type, run: job.run });
  } else if (claim.state === 'held' || claim.state === 'busy') {
    await later(services, job);
  } else {
    await attempt(services, job, { run: claim.run, lease: claim.lease, deadline, progress: claim.run.progress });
  }
}

async function claimWhenAble(services: Services, job: RunJob, deadline: number): Promise<Claim | { readonly state: 'busy' }> {
  try {
    return await services.store.claim(job.run, deadline);
  } catch (error) {
    if (error instanceof ServiceBusy) {
      return { state: 'busy' };
    }
    throw error;
  }
}

async function attempt(services: Services, job: RunJob, work: Work): Promise<void> {
  try {
    const outcome = await perform(services, job, work);
    if (outcome !== 'ended') {
      await services.store.release(work.lease, work.progress);
    }
    if (outcome === 'more') {
      await services.queue.send(job);
    }
  } catch (error) {
    await recover(services, job, work, error);
  }
}

/** Does the job: the run has ended, waits for something else, or has more of the same to do at once. */
async function perform(services: Services, job: RunJob, work: Work): Promise<'ended' | 'waits' | 'more'> {
  switch (job.type) {
    case 'announce':
      await announce(services, work);
      return 'waits';
    case 'start':
      await startStatement(services, work.run, job.attempt);
      return 'waits';
    case 'deliver':
      return await deliver(services, work, job.statementId) ? 'ended' : 'more';
  }
}

async function recover(services: Services, job: RunJob, work: Work, error: unknown): Promise<void> {
  const { run } = work;
  if (error instanceof RunLost) {
    services.log({ notice: 'run lost', run: run.run });
  } else if (error instanceof ConnectionGone && !mayStillOpen(run, services.clock.now())) {
    services.log({ notice: 'client gone', run: run.run, connectionId: run.connectionId });
    await services.store.remove(run);
    await services.store.removeConnection(run.connectionId);
  } else {
    await services.store.release(work.lease, work.progress);
    if (!(error instanceof ConnectionGone || error instanceof ServiceBusy)) {
      throw error;
    }
    services.log({ notice: 'job waits', job: job.type, run: run.run, attempt: job.attempt, reason: error.message });
    await later(services, job);
  }
}

async function later(services: Services, job: RunJob): Promise<void> {
  await services.queue.send({ ...job, attempt: job.attempt + 1 }, retryDelaySeconds(job.attempt + 1));
}
