import type { QueryLimits, AcceptedMessage } from '../../protocol/messages';
import type { SubmittedDefinition } from '../model/query-request';
import type { Run } from '../model/run';
import type { Joined } from '../runs/join-run';

/** The limits of a run. */
export function getQueryLimits({ definition, submittedAt, timeoutAt }: Run): QueryLimits {
  const { maxRows: rows, maxResultBytes: bytes }: Partial<SubmittedDefinition> = definition ?? {};
  return { timeLimitMs: timeoutAt - submittedAt, ...(rows === undefined ? {} : { rows }), ...(bytes === undefined ? {} : { bytes }) };
}

export function createAcceptedMessage({ request: { id, shared, cached }, run }: Joined): string {
  const message: AcceptedMessage = { type: 'accepted', id, result: run.run, shared, cached, limits: getQueryLimits(run) };
  return JSON.stringify(message);
}
