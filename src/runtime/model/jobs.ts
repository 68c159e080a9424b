/** How often a job was tried. */
interface Tries {
  /** Counts from 1; an attempt that a service asked to repeat later is no failure. */
  readonly attempt: number;
  /** Number of attempts that failed; absent for none. */
  readonly failures?: number;
}

/** Moves a run on, as far as it goes at the moment: starts or asks for its statement, fetches, or ends it. */
export interface RunJob extends Tries {
  readonly type: 'run';
  readonly run: string;
  /** The number of a check; a job without one is a hint, and a lost hint is made up for by the next check. */
  readonly check?: number;
  /** The statement that has ended, where its event is the hint. */
  readonly statementId?: string;
  /** Whether the hint is that a client has left the run without a message, or has canceled its query. */
  readonly departure?: 'left' | 'canceled';
}

/** Moves a request on, as far as it goes at the moment: asks its question, announces it, posts rows, or says the last word. */
export interface RequestJob extends Tries {
  readonly type: 'request';
  readonly connectionId: string;
  readonly id: string;
  /** The name of the request that is meant; absent where it is not known. */
  readonly request?: string;
  /** The hash of the caller whose queries in flight the request is counted among. */
  readonly caller?: string;
  /** The run that counts the request among its subscribers, where it is the run that sends the job. */
  readonly run?: string;
  /** Where it is not known whether the request could be stored: what it takes to tell its client if it could not. */
  readonly unstored?: { readonly connectedAt: number; readonly opened: boolean };
}

/** Posts one message that belongs to no request. */
export interface PostJob extends Tries {
  readonly type: 'post';
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly opened: boolean;
  readonly validUntil?: number;
  readonly message: string;
}

/** Ends a connection when its client's sign-in expires, and tells the client some time before. */
export interface ExpiryJob extends Tries {
  readonly type: 'expiry';
  readonly connectionId: string;
  readonly connectedAt: number;
  /** When the sign-in expires, in milliseconds since the epoch. */
  readonly validUntil: number;
  /** Whether the client was told. */
  readonly warned: boolean;
}

/** What the functions put on the delivery queue. */
export type Job = RunJob | RequestJob | PostJob | ExpiryJob;

/** A job that begins again, because what it is about has made progress. */
export function renewed<T extends Job>(job: T): T {
  return { ...job, attempt: 1, failures: undefined };
}

const MAX_RETRY_SECONDS = 30;

/** How long to wait before the given attempt, from the second on: 1, 2, 4, … seconds, at most 30. */
export function retryDelaySeconds(attempt: number): number {
  return Math.min(2 ** Math.max(0, attempt - 2), MAX_RETRY_SECONDS);
}
