/** Starts the statement of a stored run that could not be started at once. */
export interface StartJob {
  readonly type: 'start';
  readonly run: string;
  readonly attempt: number;
}

/** Tells a client whose connection was not open yet that its query was accepted. */
export interface AnnounceJob {
  readonly type: 'announce';
  readonly run: string;
  readonly attempt: number;
}

/** Sends the result of a statement that has ended, or what is left of it. */
export interface DeliverJob {
  readonly type: 'deliver';
  readonly run: string;
  readonly statementId: string;
  readonly attempt: number;
}

/** Posts one message that belongs to no run. */
export interface PostJob {
  readonly type: 'post';
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly opened: boolean;
  readonly message: string;
  readonly attempt: number;
}

/** What the functions put on the delivery queue. */
export type Job = StartJob | AnnounceJob | DeliverJob | PostJob;

const LONGEST_DELAY_SECONDS = 30;

/** How long to wait before the given attempt: 1, 1, 2, 4, … seconds, at most 30. */
export function retryDelaySeconds(attempt: number): number {
  return Math.min(2 ** Math.max(0, attempt - 2), LONGEST_DELAY_SECONDS);
}
