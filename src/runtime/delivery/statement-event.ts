import type { Job, RunJob } from '../model/jobs';
import type { Run } from '../model/run';

/** The required fields of a Data API event. Others may be missing. */
interface StatementEvent {
  /** ISO 8601, in seconds. */
  readonly 'time': string;
  readonly 'detail-type': 'Redshift Data Statement Status Change';
  readonly 'detail': { readonly statementId: string; readonly statementName: string; readonly state?: string };
}

/**
 * Creates the name of a statement: the event rule matches the prefix, and SendMessage reads the rest. Starting a run again gives the same name, as its
 * client token requires.
 */
export function createStatementName(prefix: string, { run, waitsUntil }: Pick<Run, 'run' | 'waitsUntil'>): string {
  return waitsUntil === undefined ? `${prefix}${run}` : `${prefix}${run}/${waitsUntil}`;
}

/** Whether the function that started a statement probably waited for its end, and delivers the result itself. NaN stands for no wait. */
export function isAwaited(endedAt: number, waitsUntil: number): boolean {
  return endedAt <= waitsUntil;
}

/** Reads a message of the delivery queue: a job, or the event of an ended statement. */
export function readJob(body: string, prefix: string): Job {
  const value = JSON.parse(body) as Job | StatementEvent;
  return 'detail-type' in value ? toJob(value, prefix) : value;
}

function toJob({ time, detail }: StatementEvent, prefix: string): RunJob {
  if (!detail.statementName.startsWith(prefix)) {
    throw new Error(`the statement ${detail.statementName} wasn't started by this construct: its name doesn't begin with ${prefix}`);
  }
  const { statementId, statementName, state } = detail;
  const [run, waitsUntil] = statementName.slice(prefix.length).split('/');
  const finished = state === 'FINISHED' && !isAwaited(Date.parse(time), Number(waitsUntil));
  return { type: 'run', run, statementId, finished, attempt: 1 };
}
