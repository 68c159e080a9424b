import type { Clock } from './clock';

/** `setTimeout` fires at once for longer delays. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Runs one action after a delay. Starting a running timer restarts the delay; a delay above the maximum never ends. */
export class Timer {
  private handle?: { readonly timer: unknown };

  constructor(private readonly clock: Clock, private readonly action: () => void) {}

  public get isRunning(): boolean {
    return this.handle !== undefined;
  }

  public start(milliseconds: number): void {
    this.stop();
    if (milliseconds <= MAX_DELAY_MS) {
      this.handle = { timer: this.clock.setTimeout(() => this.expire(), milliseconds) };
    }
  }

  public stop(): void {
    if (this.handle !== undefined) {
      this.clock.clearTimeout(this.handle.timer);
      this.handle = undefined;
    }
  }

  private expire(): void {
    this.handle = undefined;
    this.action();
  }
}
