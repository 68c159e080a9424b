import { closeRun } from './close-run';
import type { Run } from '../model/run';
import { getNextRunCheckSeconds, saveRun } from '../model/run-work';
import type { NextCheck, RunWork } from '../model/run-work';
import type { QueryServices } from '../model/services';
import { restartChecks } from '../runs/run-checks';

/**
 * Time that a message can take, in seconds. API Gateway waits 29 seconds for a function, so a `resume` within the grace period has subscribed by
 * then.
 */
const MESSAGE_SECONDS = 30;

/** Records the departure of a client from a run in flight. Closes the run immediately if its last client canceled. */
export async function recordDeparture(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const { run, job } = work;
  const now = services.clock.now();
  if (job.departure === 'left') {
    await restartChecks(services, run);
    await saveRun(services, work, { leftAt: now });
  } else if (now >= getClosingTime(run) && (await services.store.subscribers(run.run)).length === 0) {
    return closeRun(services, work);
  }
  return getNextRunCheckSeconds(run, now);
}

/** Retains a run without subscribers for its grace period, then closes it. */
export async function waitForClients(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const now = services.clock.now();
  if (work.run.leftAt === undefined) {
    await saveRun(services, work, { leftAt: now });
  }
  const { run } = work;
  if (now >= getClosingTime(run)) {
    return closeRun(services, work);
  }
  return Math.max(1, Math.min(getNextRunCheckSeconds(run, now), Math.ceil((getClosingTime(run) - now) / 1000)));
}

/** When a run without subscribers closes, in milliseconds since the epoch. */
function getClosingTime({ leftAt, definition }: Run): number {
  return leftAt === undefined ? -Infinity : leftAt + (definition.reconnectGraceSeconds + MESSAGE_SECONDS) * 1000;
}
