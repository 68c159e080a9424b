import { post } from './post';
import type { QueryLimits, AcceptedMessage } from '../../protocol/messages';
import type { Run } from '../model/run';
import type { QueryServices } from '../model/services';
import type { Joined } from '../runs/join-run';

/** Sends `accepted`. Throws the errors of `post`. */
export async function postAccepted(services: QueryServices, { request, run }: Joined): Promise<void> {
  const { id, connectionId, shared } = request;
  const cached = run.endedAt !== undefined;
  const message: AcceptedMessage = { type: 'accepted', id, result: run.run, shared, cached, limits: getQueryLimits(run) };
  await post(services, request, JSON.stringify(message));
  services.log({ level: 'info', event: 'query_accepted', run: run.run, connection_id: connectionId, shared, cached });
}

/** The limits of a run. */
function getQueryLimits({ definition, submittedAt, timeoutAt }: Run): QueryLimits {
  const { maxRows: rows, maxResultBytes: bytes } = definition;
  return { timeLimitMs: timeoutAt - submittedAt, ...(rows === undefined ? {} : { rows }), ...(bytes === undefined ? {} : { bytes }) };
}
