/** Time, where a test or a page wants another one than its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(action: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  setTimeout: (action, milliseconds) => setTimeout(action, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};

/** Longer timers fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** One action that is put off: starting it again puts it off anew. */
export class Timer {
  private handle?: { readonly timer: unknown };

  constructor(private readonly clock: Clock, private readonly action: () => void) {}

  public get isRunning(): boolean {
    return this.handle !== undefined;
  }

  public start(milliseconds: number): void {
    this.stop();
    if (milliseconds <= LONGEST_MS) {
      this.handle = { timer: this.clock.setTimeout(() => this.fire(), milliseconds) };
    }
  }

  public stop(): void {
    if (this.handle !== undefined) {
      this.clock.clearTimeout(this.handle.timer);
      this.handle = undefined;
    }
  }

  private fire(): void {
    this.handle = undefined;
    this.action();
  }
}
