import type { Clock } from '../timing/clock';
import { Timer } from '../timing/timer';

/** Maximum time from the time limit, or from the last message of a result, to its end. The service checks running statements once a minute. */
const MARGIN_MS = 2 * 60_000;

/** Detects that the terminal message of an accepted query is missing. */
export class ResultDeadline {
  /** Latest time at which the time limit of the run passes; undefined if the service didn't send the limit. */
  private limitAt?: number;
  private readonly timer: Timer;

  constructor(private readonly clock: Clock, onMissed: () => void) {
    this.timer = new Timer(clock, onMissed);
  }

  public accepted(timeLimitMs: number | undefined): void {
    if (timeLimitMs !== undefined) {
      this.limitAt ??= this.clock.now() + timeLimitMs;
    }
    this.extend();
  }

  /** Restarts the timeout: a message of the result arrived, or the caller reads slowly. */
  public extend(): void {
    if (this.limitAt !== undefined) {
      this.timer.start(Math.max(0, this.limitAt - this.clock.now()) + MARGIN_MS);
    }
  }

  public stop(): void {
    this.timer.stop();
  }

  /** Clears the time limit, because the query gets another run. */
  public clear(): void {
    this.stop();
    this.limitAt = undefined;
  }
}
