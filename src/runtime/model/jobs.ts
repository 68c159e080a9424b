/** The attempts of a job. */
interface Attempts {
  /** Starts at 1. Includes attempts that were deferred because a service was busy. */
  readonly attempt: number;
  /** Number of failed attempts. Omitted for none. */
  readonly failures?: number;
}

/** Advances a run: starts or checks its statement, fetches its result, or ends it. */
export interface RunJob extends Attempts {
  readonly type: 'run';
  readonly run: string;
  /** The number of a check. A job without a number is a hint. If a hint is lost, the next check replaces it. */
  readonly check?: number;
  /** The ended statement, if its event is the hint. */
  readonly statementId?: string;
  /** Whether the hint is the event of a finished statement whose end no other function waited for. Omitted when the job is deferred. */
  readonly finished?: boolean;
  /** Set if the hint is that a client left without a message, or canceled its query. */
  readonly departure?: 'left' | 'canceled';
}

/** Advances a request: joins a run, sends `accepted`, posts rows, or sends the terminal message. */
export interface RequestJob extends Attempts {
  readonly type: 'request';
  readonly connectionId: string;
  readonly id: string;
  /** The name of the request, if known. */
  readonly request?: string;
}

/** Posts one message that doesn't belong to a request. */
export interface PostJob extends Attempts {
  readonly type: 'post';
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly opened: boolean;
  readonly validUntil?: number;
  readonly message: string;
}

/** Closes a connection when the session of its client expires, and sends a going-away notice before. */
export interface ExpiryJob extends Attempts {
  readonly type: 'expiry';
  readonly connectionId: string;
  readonly connectedAt: number;
  /** When the session expires, in milliseconds since the epoch. */
  readonly validUntil: number;
  /** Whether the going-away notice was sent. */
  readonly warned: boolean;
}

/** A message of the delivery queue. */
export type Job = RunJob | RequestJob | PostJob | ExpiryJob;

/** A job, and its delay in the queue in seconds. Omitted for none. */
export interface DelayedJob {
  readonly job: Job;
  readonly delaySeconds?: number;
}

/** Resets the attempts of a job that made progress. */
export function resetAttempts<T extends Job>(job: T): T {
  return { ...job, attempt: 1, failures: undefined };
}

const MAX_RETRY_SECONDS = 30;

/** Delay before an attempt, from the second on: 1, 2, 4, … seconds, at most 30. */
export function getRetryDelaySeconds(attempt: number): number {
  return Math.min(2 ** Math.max(0, attempt - 2), MAX_RETRY_SECONDS);
}
