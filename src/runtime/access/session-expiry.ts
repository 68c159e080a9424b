import type { ByeMessage } from '../../protocol/messages';
import { renewed, retryDelaySeconds } from '../model/jobs';
import type { ExpiryJob } from '../model/jobs';
import { ConnectionGone, ServiceBusy } from '../model/ports';
import { hasExpired } from '../model/request';
import type { Connection } from '../model/request';
import type { AskingServices } from '../model/services';
import { NotOpenYet, reach } from '../requests/post';

/** How long before the end of its connection a client is told, in milliseconds: at half of its life, where that is later. */
const WARNING_MS = 60_000;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html */
const LONGEST_DELAY_SECONDS = 15 * 60;

/** API Gateway ends a connection after 2 hours by itself. */
const LONGEST_CONNECTION_MS = 2 * 60 * 60 * 1000;

const SOON = 'Your sign-in expires soon: go on over a new connection with a new one, since this one will be closed.';
const EXPIRED = 'Your sign-in has expired: connect again with a new one.';
const UNKNOWN = 'This connection is not known any more: connect again.';

/** A client whose connection is to be closed, since its sign-in has expired or is not known any more. */
export class SignInOver extends Error {
  public readonly name = 'SignInOver';
}

/** Of a connection that is in no table. */
export function signInUnknown(): SignInOver {
  return new SignInOver(UNKNOWN);
}

/** Throws SignInOver for a connection whose sign-in has expired. */
export function requireSignIn({ clock }: Pick<AskingServices, 'clock'>, connection: Pick<Connection, 'validUntil'>): void {
  if (hasExpired(connection, clock.now())) {
    throw new SignInOver(EXPIRED);
  }
}

/** Has the queue end a connection when its sign-in expires. */
export async function planExpiry(services: Pick<AskingServices, 'clock' | 'queue'>, connection: Connection, validUntil: number): Promise<void> {
  const { connectionId, connectedAt } = connection;
  if (validUntil - connectedAt < LONGEST_CONNECTION_MS) {
    await sendWhenDue(services, { type: 'expiry', connectionId, connectedAt, validUntil, told: false, attempt: 1 });
  }
}

/** Says goodbye to a client, and closes its connection; where that fails, whatever the client says next does it. */
export async function dismiss({ connections, log }: AskingServices, { connectionId }: Connection, { message: reason }: SignInOver): Promise<void> {
  log({ notice: 'connection dismissed', connectionId, reason });
  const notDismissed = (error: unknown) => log({ notice: 'connection not dismissed', connectionId, reason: String(error) });
  await connections.post(connectionId, byeText(reason)).catch(notDismissed);
  await connections.close(connectionId).catch(notDismissed);
}

/**
 * Tells a client that its connection is about to end, or ends it: whatever is due. Nothing follows for a connection that is gone; a job that comes twice
 * or late says the same again, or finds nobody.
 */
export async function endWhenExpired(services: AskingServices, job: ExpiryJob): Promise<void> {
  try {
    if (await services.store.identity(job.connectionId) !== undefined) {
      await doWhatIsDue(services, job);
    }
  } catch (error) {
    if (error instanceof ServiceBusy) {
      const attempt = job.attempt + 1;
      await services.queue.send({ ...job, attempt }, retryDelaySeconds(attempt));
    } else if (!(error instanceof ConnectionGone)) {
      throw error;
    }
  }
}

/** Closes a connection that could not be ended otherwise, or has a new job do it when it is due. */
export async function giveUpExpiry(services: AskingServices, job: ExpiryJob): Promise<void> {
  if (services.clock.now() < job.validUntil) {
    await sendWhenDue(services, { ...job, told: true });
  } else {
    await services.connections.close(job.connectionId);
  }
}

async function doWhatIsDue(services: AskingServices, job: ExpiryJob): Promise<void> {
  const now = services.clock.now();
  if (now >= job.validUntil) {
    await close(services, job);
  } else if (job.told || now < warningAt(job)) {
    await sendWhenDue(services, job);
  } else {
    await sayBye(services, job, SOON);
    await sendWhenDue(services, { ...job, told: true });
  }
}

async function close(services: AskingServices, job: ExpiryJob): Promise<void> {
  const { connectionId, told } = job;
  if (!told) {
    await sayBye(services, job, EXPIRED).catch((error) => closeWithoutBye(services, job, error));
  }
  await reach(services, { ...job, opened: false }, async (connections) => connections.close(connectionId));
  services.log({ notice: 'connection closed, sign-in expired', connectionId });
}

/** One that was not open a moment ago may be now, and is closed in the next attempt, with a word. */
function closeWithoutBye({ log }: AskingServices, { connectionId }: ExpiryJob, error: unknown): void {
  if (error instanceof NotOpenYet) {
    throw error;
  }
  log({ notice: 'bye not said', connectionId, reason: String(error) });
}

async function sayBye(services: AskingServices, job: ExpiryJob, reason: string): Promise<void> {
  await reach(services, { ...job, opened: false }, async (connections) => connections.post(job.connectionId, byeText(reason)));
}

async function sendWhenDue({ clock, queue }: Pick<AskingServices, 'clock' | 'queue'>, job: ExpiryJob): Promise<void> {
  const due = job.told ? job.validUntil : warningAt(job);
  const seconds = Math.ceil((due - clock.now()) / 1000);
  await queue.send(renewed(job), Math.min(Math.max(seconds, 0), LONGEST_DELAY_SECONDS));
}

function warningAt({ connectedAt, validUntil }: ExpiryJob): number {
  return validUntil - Math.min(WARNING_MS, (validUntil - connectedAt) / 2);
}

function byeText(reason: string): string {
  const bye: ByeMessage = { type: 'bye', reason, retryable: true };
  return JSON.stringify(bye);
}
