import type { Clock } from '../../../src/runtime/model/ports';

/** Lets so many calls a second through, and as many at once. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(private readonly clock: Clock, private readonly rate: number) {
    this.tokens = this.capacity();
    this.filledAt = clock.now();
  }

  /** False when the rate is exceeded. */
  public take(): boolean {
    const now = this.clock.now();
    this.tokens = Math.min(this.capacity(), this.tokens + (now - this.filledAt) / 1000 * this.rate);
    this.filledAt = now;
    if (this.tokens < 1) {
      return false;
    }
    this.tokens -= 1;
    return true;
  }

  private capacity(): number {
    return Math.max(1, this.rate);
  }
}
