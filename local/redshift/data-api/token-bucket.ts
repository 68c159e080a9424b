import { ServiceError } from './service-error';

/** Lets so many requests through each second; a full bucket holds one second's worth. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(private readonly perSecond: number, private readonly now: () => number) {
    this.tokens = perSecond;
    this.filledAt = now();
  }

  /** Takes a token, or refuses as the service does. */
  public take(): void {
    const time = this.now();
    this.tokens = Math.min(this.perSecond, this.tokens + (time - this.filledAt) / 1000 * this.perSecond);
    this.filledAt = time;
    if (this.tokens < 1) throw new ServiceError('ThrottlingException', 'Rate exceeded');
    this.tokens -= 1;
  }
}
