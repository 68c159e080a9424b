/** Throttling limits of a stage. */
export interface ThrottlePlan {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * A token bucket that holds `burst` tokens and is filled at the rate.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html
 */
export class Throttle {
  private tokens: number;
  private filledAt: number;

  constructor(private readonly plan: ThrottlePlan | undefined, private readonly now: () => number = Date.now) {
    this.tokens = plan?.burst ?? 0;
    this.filledAt = now();
  }

  /** Takes a token. Returns false if there is none. */
  public take(): boolean {
    if (this.plan === undefined) {
      return true;
    }
    const { ratePerSecond, burst } = this.plan;
    const now = this.now();
    this.tokens = Math.min(burst, this.tokens + Math.max(0, now - this.filledAt) / 1000 * ratePerSecond);
    this.filledAt = now;
    if (this.tokens < 1) {
      return false;
    }
    this.tokens -= 1;
    return true;
  }
}
