import { stopStatement } from './end-run';
import { ServiceBusyError } from '../model/errors';
import { getNextRunCheckSeconds, saveRun } from '../model/run-work';
import type { NextCheck, RunWork } from '../model/run-work';
import type { QueryServices } from '../model/services';

/**
 * Removes a run without subscribers, and cancels its statement. Closes the run before it reads the subscribers: earlier subscribers retain the run,
 * and later ones find it closed and join another. From the cancellation on, nothing retains the run.
 */
export async function closeRun(services: QueryServices, work: RunWork): Promise<NextCheck> {
  const { store, clock } = services;
  const { run } = work.run;
  if (!work.run.isClosed) {
    await saveRun(services, work, { isClosed: true });
  }
  if (!work.run.toCancel) {
    if ((await store.subscribers(run)).length > 0) {
      await saveRun(services, work, { isClosed: false });
      return getNextRunCheckSeconds(work.run, clock.now());
    }
    await saveRun(services, work, { toCancel: true });
  }
  try {
    await stopStatement(services, work);
  } catch (error) {
    if (error instanceof ServiceBusyError && work.job.check !== undefined) {
      services.log({ level: 'warn', event: 'cancellation_deferred', run, reason: error.message });
      return getNextRunCheckSeconds(work.run, clock.now());
    }
    throw error;
  }
  await store.removeRun(run, work.lease);
  services.log({ level: 'info', event: 'run_removed', run });
  return 'removed';
}
