import type { Settings } from '../options';
import { retryDelay } from '../timing/backoff';
import { Timer } from '../timing/timer';

/** Maximum number of retries of a query, apart from those after a lost connection. */
const MAX_RETRIES = 5;

/** Time until a query without `accepted` is submitted again: longer than the service needs to detect that a function crashed. */
const ACCEPTANCE_TIMEOUT_MS = 60_000;

/** Counts the retries of a query, and waits for its acceptance or for the next retry. */
export class SubmissionAttempts {
  private retries = 0;
  private readonly timer: Timer;

  constructor(private readonly settings: Settings, onTimeout: () => void) {
    this.timer = new Timer(settings.clock, onTimeout);
  }

  public get isWaiting(): boolean {
    return this.timer.isRunning;
  }

  public awaitAcceptance(): void {
    this.timer.start(ACCEPTANCE_TIMEOUT_MS);
  }

  public awaitRetry(): void {
    this.timer.start(retryDelay(this.retries, this.settings.random));
  }

  public stop(): void {
    this.timer.stop();
  }

  /** Counts a retry. Returns whether it is within the maximum. */
  public countRetry(): boolean {
    this.retries += 1;
    return this.retries <= MAX_RETRIES;
  }
}
