import type { Clock } from '../../../src/client';

interface PendingTimer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that only the test advances. */
export class ManualClock implements Clock {
  private time = Date.UTC(2026, 0, 1);
  private lastTimer = 0;
  private readonly pending = new Map<number, PendingTimer>();

  public now(): number {
    return this.time;
  }

  public setTimeout(action: () => void, milliseconds: number): number {
    this.lastTimer += 1;
    this.pending.set(this.lastTimer, { at: this.time + milliseconds, action });
    return this.lastTimer;
  }

  public clearTimeout(timer: unknown): void {
    this.pending.delete(timer as number);
  }

  /** Number of running timers. */
  public get timers(): number {
    return this.pending.size;
  }

  /** Runs the last timer at once, if its delay is at least this long. */
  public runLastTimer(milliseconds: number): void {
    const [timer, last] = [...this.pending].sort(([, one], [, other]) => other.at - one.at)[0] ?? [];
    if (timer !== undefined && last !== undefined && last.at - this.time >= milliseconds) {
      this.pending.delete(timer);
      last.action();
    }
  }

  /** Advances the time, and runs the timers that expire, in order. */
  public advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const [timer, next] = [...this.pending].sort(([, one], [, other]) => one.at - other.at)[0] ?? [];
      if (timer === undefined || next === undefined || next.at > end) {
        this.time = end;
        return;
      }
      this.pending.delete(timer);
      this.time = next.at;
      next.action();
    }
  }
}
