import type { RunJob } from '../model/jobs';
import type { ReadAhead } from '../model/run-work';
import type { QueryServices } from '../model/services';

/** Starts to read what the worker of a finished statement needs, while it acquires the run. */
export function readAhead({ statementApi, store, clock }: QueryServices, { run, statementId, finished, failures }: RunJob): ReadAhead | undefined {
  if (statementId === undefined || !finished || failures !== undefined) {
    return undefined;
  }
  const ahead = {
    statementId,
    startedAt: clock.now(),
    description: statementApi.describe(statementId),
    firstPage: statementApi.fetchPage(statementId),
    subscribers: store.subscribers(run),
  };
  // A failure matters only to the code that awaits the value.
  [ahead.description, ahead.firstPage, ahead.subscribers].forEach((value) => value.catch(() => undefined));
  return ahead;
}
