import { post } from './post';
import type { ErrorMessage, ServerMessage } from '../../protocol/messages';
import type { Connection } from '../model/connection';
import { ConnectionGoneError, ServiceBusyError } from '../model/errors';
import { getRetryDelaySeconds } from '../model/jobs';
import type { PostJob } from '../model/jobs';
import type { QueryServices } from '../model/services';

/** The message for an internal error. The log contains the reason. */
export function createFailureMessage(id?: string): ErrorMessage {
  const message = 'An internal error occurred. Try again.';
  return { type: 'error', ...(id === undefined ? {} : { id }), code: 'internal', message, retryable: true };
}

/** Sends a message to a client: immediately if its connection is open, otherwise through the queue. Returns false if the client has gone. */
export async function notify(services: QueryServices, connection: Connection, message: ServerMessage): Promise<boolean> {
  const { connectionId, connectedAt, opened, validUntil } = connection;
  const job: PostJob = { type: 'post', connectionId, connectedAt, opened, validUntil, message: JSON.stringify(message), attempt: 1 };
  if (opened) {
    return postOnce(services, job);
  }
  await services.queue.send(job);
  return true;
}

/** Posts a message. Returns it to the queue if the client can't receive it yet. Returns false if the client has gone. */
export async function postOnce(services: QueryServices, job: PostJob): Promise<boolean> {
  try {
    await post(services, job, job.message);
    return true;
  } catch (error) {
    if (error instanceof ServiceBusyError) {
      await services.queue.send({ ...job, attempt: job.attempt + 1 }, getRetryDelaySeconds(job.attempt + 1));
      return true;
    }
    if (error instanceof ConnectionGoneError) {
      services.log({ level: 'info', event: 'message_dropped', connection_id: job.connectionId });
      return false;
    }
    throw error;
  }
}
