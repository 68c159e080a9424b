/** Moves a run on, as far as it goes at the moment: starts or asks for its statement, fetches, or ends it. */
export interface RunJob {
  readonly type: 'run';
  readonly run: string;
  /** The number of a check; a job without one is a hint, and a lost hint is made up for by the next check. */
  readonly check?: number;
  /** The statement that has ended, where its event is the hint. */
  readonly statementId?: string;
  /** Whether the hint is that somebody left, so that nobody may be waiting any more. */
  readonly deserted?: boolean;
  readonly attempt: number;
}

/** Moves a request on, as far as it goes at the moment: asks its question, announces it, posts rows, or says the last word. */
export interface RequestJob {
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
  readonly attempt: number;
}

/** Posts one message that belongs to no request. */
export interface PostJob {
  readonly type: 'post';
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly opened: boolean;
  readonly validUntil?: number;
  readonly message: string;
  readonly attempt: number;
}

/** Ends a connection when its client's sign-in expires, and tells the client some time before. */
export interface ExpiryJob {
  readonly type: 'expiry';
  readonly connectionId: string;
  readonly connectedAt: number;
  /** When the sign-in expires, in milliseconds since the epoch. */
  readonly validUntil: number;
  /** Whether the client was told. */
  readonly told: boolean;
  readonly attempt: number;
}

/** What the functions put on the delivery queue. */
export type Job = RunJob | RequestJob | PostJob | ExpiryJob;

const LONGEST_RETRY_SECONDS = 30;

/** How long to wait before the given attempt, from the second on: 1, 2, 4, … seconds, at most 30. */
export function retryDelaySeconds(attempt: number): number {
  return Math.min(2 ** Math.max(0, attempt - 2), LONGEST_RETRY_SECONDS);
}
