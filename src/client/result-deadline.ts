import { Timer } from './clock';
import type { Clock } from './clock';

/** How long after the time limit, and after the last message of a result, its end may come: the service checks running statements once a minute. */
const MARGIN_MS = 2 * 60_000;

/** Notices that the terminal message of an accepted query is missing. */
export class ResultDeadline {
  /** When the time limit of the run has passed for certain; undefined if the service does not send it. */
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

  /** A message of the result has come, or its caller takes its time. */
  public extend(): void {
    if (this.limitAt !== undefined) {
      this.timer.start(Math.max(0, this.limitAt - this.clock.now()) + MARGIN_MS);
    }
  }

  public stop(): void {
    this.timer.stop();
  }

  /** Another run will answer. */
  public clear(): void {
    this.stop();
    this.limitAt = undefined;
  }
}
