import { callsInSequence } from './call-sequence';
import type { RecordedCall } from '../usage/meter';

/** Numbers of calls that a viewer waits for, one after the other. */
export interface Sequences {
  /** From the message to ExecuteStatement, including it. */
  readonly untilStatement: number;
  /** From the end of the statement to the post of the first rows, including it. */
  readonly untilRows: number;
}

/** Derives the sequences from the times of the calls of a query that ran alone. */
export function sequencesOf(calls: readonly RecordedCall[], submittedAt: number, statementEndedAt: number): Sequences {
  const statement = first(calls, ({ operation }) => operation === 'ExecuteStatement');
  const rows = first(calls, ({ message }) => message !== undefined && hasRows(message));
  return {
    untilStatement: callsInSequence(callsBetween(calls, submittedAt, statement), statement),
    untilRows: callsInSequence(callsBetween(calls, statementEndedAt, rows), rows),
  };
}

/** The calls of the same function that started after a time. */
function callsBetween(calls: readonly RecordedCall[], startedAfter: number, last: RecordedCall): RecordedCall[] {
  return calls.filter(({ functionName, startedAt }) => functionName === last.functionName && startedAt >= startedAfter);
}

function first(calls: readonly RecordedCall[], matches: (call: RecordedCall) => boolean): RecordedCall {
  const [call] = calls.filter(matches).sort((one, other) => one.startedAt - other.startedAt);
  if (call === undefined) {
    throw new Error('the query made no call to ExecuteStatement, or no post with rows: its calls can\'t be ordered');
  }
  return call;
}

/** The baseline posts its result in one message without a type. */
function hasRows(message: string): boolean {
  const { type = 'rows' } = JSON.parse(message) as { type?: string };
  return type === 'rows';
}
