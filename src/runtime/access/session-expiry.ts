import type { ByeMessage } from '../../protocol/messages';
import { hasExpired } from '../model/connection';
import type { Connection } from '../model/connection';
import { ConnectionGoneError, ServiceBusyError } from '../model/errors';
import { resetAttempts, getRetryDelaySeconds } from '../model/jobs';
import type { ExpiryJob } from '../model/jobs';
import type { QueryServices } from '../model/services';
import { ConnectionNotOpenError, callConnection } from '../requests/post';

/** Time between the going-away notice and the expiry, in milliseconds: at most half the duration of the session. */
const WARNING_MS = 60_000;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html */
const MAX_DELAY_SECONDS = 15 * 60;

/** Maximum duration of a connection. API Gateway closes it after 2 hours. */
const MAX_CONNECTION_MS = 2 * 60 * 60 * 1000;

const SOON = 'The session expires soon, and the service closes the connection. Open a new connection with new credentials.';
const EXPIRED = 'The session has expired. Connect again with new credentials.';
const UNKNOWN = 'The service has no record of this connection. Connect again.';

/** The session of a client has expired or is unknown. The service closes the connection. */
export class SessionExpiredError extends Error {
  public readonly name = 'SessionExpiredError';
}

/** Creates the error of a connection that isn't stored. */
export function createUnknownSessionError(): SessionExpiredError {
  return new SessionExpiredError(UNKNOWN);
}

/** Throws SessionExpiredError if the session has expired. */
export function requireValidSession({ clock }: Pick<QueryServices, 'clock'>, connection: Pick<Connection, 'validUntil'>): void {
  if (hasExpired(connection, clock.now())) {
    throw new SessionExpiredError(EXPIRED);
  }
}

/** Queues a job that closes a connection when its session expires. */
export async function scheduleExpiry(services: Pick<QueryServices, 'clock' | 'queue'>, connection: Connection, validUntil: number): Promise<void> {
  const { connectionId, connectedAt } = connection;
  if (validUntil - connectedAt < MAX_CONNECTION_MS) {
    await sendWhenDue(services, { type: 'expiry', connectionId, connectedAt, validUntil, warned: false, attempt: 1 });
  }
}

/** Sends a going-away notice and closes the connection. If that fails, the next message of the client causes it again. */
export async function closeInvalidSession(
  { connections, log }: QueryServices, { connectionId }: Connection, { message: reason }: SessionExpiredError,
): Promise<void> {
  log({ level: 'info', event: 'session_rejected', connection_id: connectionId, reason });
  const logFailure = (error: unknown) => log({ level: 'warn', event: 'connection_not_closed', connection_id: connectionId, reason: String(error) });
  await connections.post(connectionId, createGoingAwayMessage(reason)).catch(logFailure);
  await connections.close(connectionId).catch(logFailure);
}

/**
 * Sends a going-away notice or closes the connection, whichever is due. A duplicate or late job repeats the notice, or finds the connection closed.
 */
export async function expireSession(services: QueryServices, job: ExpiryJob): Promise<void> {
  try {
    if (await services.store.identity(job.connectionId) !== undefined) {
      await continueExpiry(services, job);
    }
  } catch (error) {
    if (error instanceof ServiceBusyError) {
      const attempt = job.attempt + 1;
      await services.queue.send({ ...job, attempt }, getRetryDelaySeconds(attempt));
    } else if (!(error instanceof ConnectionGoneError)) {
      throw error;
    }
  }
}

/** Closes a connection after exhausted retries, or queues a job for when it is due. */
export async function closeExpired(services: QueryServices, job: ExpiryJob): Promise<void> {
  if (services.clock.now() < job.validUntil) {
    await sendWhenDue(services, { ...job, warned: true });
  } else {
    await services.connections.close(job.connectionId);
  }
}

async function continueExpiry(services: QueryServices, job: ExpiryJob): Promise<void> {
  const now = services.clock.now();
  if (now >= job.validUntil) {
    await closeNow(services, job);
  } else if (job.warned || now < getWarningTime(job)) {
    await sendWhenDue(services, job);
  } else {
    await sendGoingAway(services, job, SOON);
    await sendWhenDue(services, { ...job, warned: true });
  }
}

async function closeNow(services: QueryServices, job: ExpiryJob): Promise<void> {
  const { connectionId, warned } = job;
  if (!warned) {
    await sendGoingAway(services, job, EXPIRED).catch((error) => logMissingNotice(services, job, error));
  }
  await callConnection(services, { ...job, opened: false }, async (connections) => connections.close(connectionId));
  services.log({ level: 'info', event: 'session_expired', connection_id: connectionId });
}

/** A connection that wasn't open can be open now. The next attempt closes it with a notice. */
function logMissingNotice({ log }: QueryServices, { connectionId }: ExpiryJob, error: unknown): void {
  if (error instanceof ConnectionNotOpenError) {
    throw error;
  }
  log({ level: 'warn', event: 'going_away_not_sent', connection_id: connectionId, reason: String(error) });
}

async function sendGoingAway(services: QueryServices, job: ExpiryJob, reason: string): Promise<void> {
  const message = createGoingAwayMessage(reason);
  await callConnection(services, { ...job, opened: false }, async (connections) => connections.post(job.connectionId, message));
}

async function sendWhenDue({ clock, queue }: Pick<QueryServices, 'clock' | 'queue'>, job: ExpiryJob): Promise<void> {
  const due = job.warned ? job.validUntil : getWarningTime(job);
  const seconds = Math.ceil((due - clock.now()) / 1000);
  await queue.send(resetAttempts(job), Math.min(Math.max(seconds, 0), MAX_DELAY_SECONDS));
}

function getWarningTime({ connectedAt, validUntil }: ExpiryJob): number {
  return validUntil - Math.min(WARNING_MS, (validUntil - connectedAt) / 2);
}

function createGoingAwayMessage(reason: string): string {
  const bye: ByeMessage = { type: 'bye', reason, retryable: true };
  return JSON.stringify(bye);
}
