import type { ConnectionLimits } from '../../protocol/messages';
import type { Clock } from '../timing/clock';
import { Timer } from '../timing/timer';

/** Maximum share of the throttle of the stage that one client uses, because all clients share the throttle. */
const MAX_THROTTLE_SHARE = 0.5;

/** Half of the default throttle, until the client receives the throttle of the service. */
const DEFAULT_RATE = { messagesPerSecond: 500, burst: 1000 };

/** Limits the messages of a client, as a token bucket. */
export class MessageRate {
  private messagesPerSecond = DEFAULT_RATE.messagesPerSecond;
  private burst = DEFAULT_RATE.burst;
  private tokens = DEFAULT_RATE.burst;
  private countedAt: number;
  private readonly refillTimer: Timer;

  constructor(private readonly clock: Clock, onRoom: () => void) {
    this.countedAt = clock.now();
    this.refillTimer = new Timer(clock, onRoom);
  }

  /** Sets the throttle of the stage. */
  public setThrottle({ messagesPerSecond, burst }: ConnectionLimits): void {
    const sent = this.burst - this.tokens;
    this.messagesPerSecond = Math.max(1, messagesPerSecond * MAX_THROTTLE_SHARE);
    this.burst = Math.max(1, burst * MAX_THROTTLE_SHARE);
    this.tokens = this.burst - sent;
  }

  /** Returns whether a message can be sent. If not, calls `onRoom` when it can. */
  public hasRoom(): boolean {
    const now = this.clock.now();
    this.tokens = Math.min(this.burst, this.tokens + Math.max(0, now - this.countedAt) * this.messagesPerSecond / 1000);
    this.countedAt = now;
    if (this.tokens < 1) {
      this.refillTimer.start(Math.ceil((1 - this.tokens) * 1000 / this.messagesPerSecond));
    }
    return this.tokens >= 1;
  }

  public sent(): void {
    this.tokens -= 1;
  }

  public stop(): void {
    this.refillTimer.stop();
  }
}
