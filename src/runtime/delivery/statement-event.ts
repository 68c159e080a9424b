import type { Job, RunJob } from '../model/jobs';

/** The required fields of a Data API event. Others may be missing. */
interface StatementEvent {
  readonly 'detail-type': 'Redshift Data Statement Status Change';
  readonly 'detail': { readonly statementId: string; readonly statementName: string; readonly state?: string };
}

/** Creates the name of a statement: the event rule matches the prefix, and SendMessage reads the run from the rest. */
export function createStatementName(prefix: string, run: string): string {
  return `${prefix}${run}`;
}

/** Reads a message of the delivery queue: a job, or the event of an ended statement. */
export function readJob(body: string, prefix: string): Job {
  const value = JSON.parse(body) as Job | StatementEvent;
  return 'detail-type' in value ? toJob(value, prefix) : value;
}

function toJob({ detail }: StatementEvent, prefix: string): RunJob {
  if (!detail.statementName.startsWith(prefix)) {
    throw new Error(`the statement ${detail.statementName} wasn't started by this construct: its name doesn't begin with ${prefix}`);
  }
  const { statementId, statementName, state } = detail;
  return { type: 'run', run: statementName.slice(prefix.length), statementId, finished: state === 'FINISHED', attempt: 1 };
}
