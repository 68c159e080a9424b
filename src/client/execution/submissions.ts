import type { Submission } from './submission';
import type { Connection } from '../connection/connection';
import type { Settings } from '../options';
import { retryDelay } from '../timing/backoff';
import { Timer } from '../timing/timer';

/** Maximum number of retries of a query, apart from those after a lost connection. */
const MAX_RETRIES = 5;

/** Time until a query without `accepted` is submitted again: longer than the service needs to detect that a function crashed. */
const ACCEPTANCE_TIMEOUT_MS = 60_000;

/** The submissions of a query: the present one, the previous one while the query moves to another connection, and the number of retries. */
export class Submissions {
  public present?: Submission;
  private previous?: Submission;
  private retries = 0;
  private readonly timer: Timer;

  /**
   * @param setId called with the id of the present submission; undefined if the query isn't in flight
   * @param onTimeout called when the service doesn't accept the present submission in time, and when it is time for the next retry
   */
  constructor(private readonly settings: Settings, private readonly setId: (id: string | undefined) => void, onTimeout: () => void) {
    this.timer = new Timer(settings.clock, onTimeout);
  }

  /** Whether the next submission waits only for a connection, or for room on it. */
  public get isNextReady(): boolean {
    return this.present === undefined && !this.timer.isRunning;
  }

  public uses(connection: Connection): boolean {
    return this.present?.connection === connection || this.previous?.connection === connection;
  }

  /** Prepares for another connection. The present submission continues until the service accepts the next one. */
  public beginMove(): void {
    this.previous = this.present;
  }

  public begin(submission: Submission): void {
    this.present = submission;
    this.setId(submission.id);
    this.timer.start(ACCEPTANCE_TIMEOUT_MS);
  }

  public accepted(): void {
    this.timer.stop();
    this.present!.isAccepted = true;
    this.previous = undefined;
  }

  /** Ends the present submission, or the wait for the next one. */
  public end(): void {
    this.timer.stop();
    this.setId(undefined);
    this.present = undefined;
  }

  /** Cancels the present submission on the service, unless the query is moving away from its connection. */
  public cancel(): void {
    if (this.present?.connection !== this.previous?.connection) {
      this.present?.cancel();
    }
  }

  public endPrevious(): void {
    this.previous = undefined;
  }

  public connectionLost(connection: Connection): void {
    if (this.previous?.connection === connection) {
      this.endPrevious();
    }
  }

  /** Counts a retry. Returns whether it is within the maximum. */
  public countRetry(): boolean {
    this.retries += 1;
    return this.retries <= MAX_RETRIES;
  }

  public awaitRetry(): void {
    this.timer.start(retryDelay(this.retries, this.settings.random));
  }
}
