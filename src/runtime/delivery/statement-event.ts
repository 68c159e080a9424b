import type { Job, RunJob } from '../model/jobs';

/** What this library relies on in the Data API's event; everything else in it may be missing. */
interface StatementEvent {
  readonly 'detail-type': 'Redshift Data Statement Status Change';
  readonly 'detail': { readonly statementId: string; readonly statementName: string };
}

/** The name of a run's statement: the rule finds the construct by the prefix, SendMessage the run by the rest. */
export function statementName(prefix: string, run: string): string {
  return `${prefix}${run}`;
}

/** Reads a message of the delivery queue: a job of ours, or the event of a statement that has ended. */
export function readJob(body: string, prefix: string): Job {
  const value = JSON.parse(body) as Job | StatementEvent;
  return 'detail-type' in value ? endedJob(value, prefix) : value;
}

function endedJob({ detail }: StatementEvent, prefix: string): RunJob {
  if (!detail.statementName.startsWith(prefix)) {
    throw new Error(`the statement ${detail.statementName} was not started here: its name does not begin with ${prefix}`);
  }
  return { type: 'run', run: detail.statementName.slice(prefix.length), statementId: detail.statementId, attempt: 1 };
}
