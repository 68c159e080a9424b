import { ServiceError } from './service-error';

/** Limits the number of requests per second. The burst is the number of requests in one second. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(private readonly perSecond: number, private readonly now: () => number) {
    this.tokens = perSecond;
    this.filledAt = now();
  }

  /** Takes a token. Throws if the rate is exceeded. */
  public take(): void {
    const time = this.now();
    this.tokens = Math.min(this.perSecond, this.tokens + (time - this.filledAt) / 1000 * this.perSecond);
    this.filledAt = time;
    if (this.tokens < 1) throw new ServiceError('ThrottlingException', 'Rate exceeded');
    this.tokens -= 1;
  }
}
