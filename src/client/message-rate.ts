import { Timer } from './clock';
import type { Clock } from './clock';
import type { ConnectionBounds } from '../protocol/messages';

/** The stage's throttle counts all clients together, so one client uses at most this share of it. */
const SHARE = 0.5;

/** Half of the default throttle, until the service has sent its own. */
const DEFAULT_RATE = { messagesPerSecond: 500, burst: 1000 };

/** Limits the messages that one client sends, as a token bucket. */
export class MessageRate {
  private perSecond = DEFAULT_RATE.messagesPerSecond;
  private burst = DEFAULT_RATE.burst;
  private tokens = DEFAULT_RATE.burst;
  private countedAt: number;
  private readonly refill: Timer;

  constructor(private readonly clock: Clock, onRoom: () => void) {
    this.countedAt = clock.now();
    this.refill = new Timer(clock, onRoom);
  }

  /** Uses the throttle of the stage from now on. */
  public limit({ messagesPerSecond, burst }: ConnectionBounds): void {
    const sent = this.burst - this.tokens;
    this.perSecond = Math.max(1, messagesPerSecond * SHARE);
    this.burst = Math.max(1, burst * SHARE);
    this.tokens = this.burst - sent;
  }

  /** Whether a message can be sent now; if not, `onRoom` is called when it can. */
  public hasRoom(): boolean {
    const now = this.clock.now();
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, now - this.countedAt) * this.perSecond / 1000);
    this.countedAt = now;
    if (this.tokens < 1) {
      this.refill.start(Math.ceil((1 - this.tokens) * 1000 / this.perSecond));
    }
    return this.tokens >= 1;
  }

  public sent(): void {
    this.tokens -= 1;
  }

  public stop(): void {
    this.refill.stop();
  }
}
