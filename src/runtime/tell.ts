import { retryDelaySeconds } from './jobs';
import type { PostJob } from './jobs';
import { ConnectionGone, ServiceBusy } from './ports';
import { mayStillOpen } from './run';
import type { Run } from './run';
import type { Services } from './services';
import type { ServerMessage } from '../protocol/messages';

/** A connection as its client reached us. */
export type Connection = Pick<Run, 'connectionId' | 'connectedAt' | 'opened'>;

/** Says one thing to a client: at once where its connection is known to be open, else through the queue. */
export async function tell(services: Services, connection: Connection, message: ServerMessage): Promise<void> {
  const { connectionId, connectedAt, opened } = connection;
  const job: PostJob = { type: 'post', connectionId, connectedAt, opened, message: JSON.stringify(message), attempt: 1 };
  if (opened) {
    await postOnce(services, job);
  } else {
    await services.queue.send(job);
  }
}

/** Posts a message; one that cannot be posted yet goes back to the queue, one whose client has gone is dropped. */
export async function postOnce(services: Services, job: PostJob): Promise<void> {
  try {
    await services.connections.post(job.connectionId, job.message);
  } catch (error) {
    if (error instanceof ServiceBusy || (error instanceof ConnectionGone && mayStillOpen(job, services.clock.now()))) {
      await services.queue.send({ ...job, attempt: job.attempt + 1 }, retryDelaySeconds(job.attempt + 1));
    } else if (error instanceof ConnectionGone) {
      services.log({ notice: 'message dropped, client gone', connectionId: job.connectionId });
    } else {
      throw error;
    }
  }
}
