import { post } from './post';
import type { ErrorMessage, ServerMessage } from '../../protocol/messages';
import type { Connection } from '../model/connection';
import { ConnectionGoneError, ServiceBusyError } from '../model/errors';
import { retryDelaySeconds } from '../model/jobs';
import type { PostJob } from '../model/jobs';
import type { SubmitServices } from '../model/services';

/** What a client hears of a failure that is none of its own; the log says more. */
export function failureMessage(id?: string): ErrorMessage {
  const message = 'Something went wrong on the server; please try again.';
  return { type: 'error', ...(id === undefined ? {} : { id }), code: 'internal', message, retryable: true };
}

/**
 * Says one thing to a client: at once where its connection is known to be open, else, or while the client cannot take it, through
 * the queue. False when the client has gone.
 */
export async function notify(services: SubmitServices, connection: Connection, message: ServerMessage): Promise<boolean> {
  const { connectionId, connectedAt, opened, validUntil } = connection;
  const job: PostJob = { type: 'post', connectionId, connectedAt, opened, validUntil, message: JSON.stringify(message), attempt: 1 };
  if (opened) {
    return postOnce(services, job);
  }
  await services.queue.send(job);
  return true;
}

/** Posts a message; one that cannot be posted yet goes back to the queue. False when the client has gone, and the message is dropped. */
export async function postOnce(services: SubmitServices, job: PostJob): Promise<boolean> {
  try {
    await post(services, job, job.message);
    return true;
  } catch (error) {
    if (error instanceof ServiceBusyError) {
      await services.queue.send({ ...job, attempt: job.attempt + 1 }, retryDelaySeconds(job.attempt + 1));
      return true;
    }
    if (error instanceof ConnectionGoneError) {
      services.log({ level: 'info', event: 'message_dropped', connection_id: job.connectionId });
      return false;
    }
    throw error;
  }
}
