import { ConnectionError } from '../errors';
import type { Settings } from '../options';
import { retryDelay } from '../timing/backoff';

/** Minimum duration of a connection after which the next attempt begins without backoff. */
const MIN_STABLE_MS = 5000;

/** Counts the failed attempts to connect, and returns the delay before the next one. */
export class ConnectBackoff {
  private failures = 0;
  private lastError: unknown;
  private openedAt = 0;

  constructor(private readonly settings: Settings) {}

  /** Whether the maximum number of attempts failed. */
  public get areAttemptsExhausted(): boolean {
    return this.failures >= this.settings.maxAttempts;
  }

  /** Whether the next attempt must wait. */
  public get isNeeded(): boolean {
    return this.failures > 0;
  }

  public opened(): void {
    this.openedAt = this.settings.clock.now();
  }

  /** Counts a failed attempt. */
  public failed(): void {
    this.failures += 1;
  }

  /** Stores the error of an attempt for which no WebSocket was created. */
  public setError(error: unknown): void {
    this.lastError = error;
  }

  /** Counts a lost connection as a failure, unless it was stable. */
  public connectionLost(): void {
    this.failures = this.settings.clock.now() - this.openedAt >= MIN_STABLE_MS ? 0 : this.failures + 1;
  }

  /** Resets the backoff. */
  public reset(): void {
    this.failures = 0;
  }

  /** Resets the backoff and the error, because the client stops connecting. */
  public clear(): void {
    this.reset();
    this.lastError = undefined;
  }

  /** Returns the delay before the next attempt, in milliseconds. */
  public delay(): number {
    return retryDelay(this.failures, this.settings.random);
  }

  /** Returns the error of the queries when all attempts failed. */
  public error(): ConnectionError {
    const cause = this.lastError;
    const problem = `The client could not connect in ${this.failures} attempts.`;
    return cause === undefined
      ? new ConnectionError('unreachable', `${problem} Check the URL, the access settings and the network.`, true)
      : new ConnectionError('connect_options_failed', `${problem} Correct the function for the URL, the token or the subprotocols.`, true, cause);
  }
}
