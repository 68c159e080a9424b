import type { Clock } from '../../src/client';

interface Waiting {
  readonly at: number;
  readonly action: () => void;
}

/** Time that moves when a test says so. */
export class ManualClock implements Clock {
  private time = Date.UTC(2026, 0, 1);
  private lastTimer = 0;
  private readonly waiting = new Map<number, Waiting>();

  public now(): number {
    return this.time;
  }

  public setTimeout(action: () => void, milliseconds: number): number {
    this.lastTimer += 1;
    this.waiting.set(this.lastTimer, { at: this.time + milliseconds, action });
    return this.lastTimer;
  }

  public clearTimeout(timer: unknown): void {
    this.waiting.delete(timer as number);
  }

  /** How many actions are put off. */
  public get timers(): number {
    return this.waiting.size;
  }

  /** What is put off for at least so long, and longest, happens now. */
  public hurry(milliseconds: number): void {
    const [timer, last] = [...this.waiting].sort(([, one], [, other]) => other.at - one.at)[0] ?? [];
    if (timer !== undefined && last !== undefined && last.at - this.time >= milliseconds) {
      this.waiting.delete(timer);
      last.action();
    }
  }

  /** Lets time pass, and everything happen that was put off until then, in order. */
  public advance(milliseconds: number): void {
    const end = this.time + milliseconds;
    for (;;) {
      const [timer, next] = [...this.waiting].sort(([, one], [, other]) => one.at - other.at)[0] ?? [];
      if (timer === undefined || next === undefined || next.at > end) {
        this.time = end;
        return;
      }
      this.waiting.delete(timer);
      this.time = next.at;
      next.action();
    }
  }
}
