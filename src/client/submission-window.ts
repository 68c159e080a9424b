import { delayBefore } from './backoff';
import { Timer } from './clock';
import { MessageRate } from './message-rate';
import type { Settings } from './options';
import type { ConnectionBounds } from '../protocol/messages';

/** How many queries are submitted before the limits of the service are known: half of its default. */
const INITIAL_QUERIES = 10;

/**
 * Decides how many queries may be in flight at once: as many as the service allows a connection and a caller. While the caller's other connections
 * use up its limit, the window shrinks to what was accepted, and tries one more query later and later.
 */
export class SubmissionWindow {
  private size = INITIAL_QUERIES;
  private limit = Infinity;
  private areLimitsNeeded = true;
  private isPaused = false;
  /** Whether the service has rejected a query since the window grew. */
  private isRejected = false;
  private rejections = 0;
  private readonly rate: MessageRate;
  private readonly reopening: Timer;

  /** @param submit submits queries while there is room; returns whether more are waiting */
  constructor(private readonly settings: Settings, private readonly submit: () => boolean) {
    this.rate = new MessageRate(settings.clock, submit);
    this.reopening = new Timer(settings.clock, () => this.reopen());
  }

  public hasRoom(inFlight: number): boolean {
    return !this.isPaused && inFlight < this.size && this.rate.hasRoom();
  }

  /** Whether to request the limits now: true once for each connection. */
  public takeLimitsNeeded(): boolean {
    const isNeeded = this.areLimitsNeeded;
    this.areLimitsNeeded = false;
    return isNeeded;
  }

  public connected(): void {
    this.stop();
    this.size = Math.max(this.size, Math.min(this.limit, INITIAL_QUERIES));
    this.areLimitsNeeded = true;
    this.isPaused = false;
    this.isRejected = false;
    this.rejections = 0;
  }

  /** The service has sent the limits of the connection, or answered without them. */
  public limits(bounds: ConnectionBounds | undefined): void {
    this.areLimitsNeeded = false;
    if (bounds !== undefined) {
      this.limit = Math.max(1, Math.min(bounds.queriesPerConnection, bounds.queriesPerCaller ?? Infinity));
      this.size = this.reopening.isRunning ? Math.min(this.size, this.limit) : this.limit;
      this.rate.limit(bounds);
    }
  }

  public sent(): void {
    this.rate.sent();
  }

  public accepted(): void {
    if (!this.reopening.isRunning) {
      this.rejections = 0;
      this.size = Math.min(this.limit, this.size + 1);
    }
  }

  /** The service has rejected one query more than these. */
  public rejected(inFlight: number, limit = Infinity): void {
    this.areLimitsNeeded &&= limit === Infinity;
    this.limit = Math.max(1, Math.min(this.limit, limit));
    this.size = Math.min(inFlight, this.limit);
    this.backOff();
  }

  /** Submits nothing for a while, since API Gateway could not handle a message. */
  public pause(): void {
    this.isPaused = true;
    this.backOff();
  }

  public stop(): void {
    this.reopening.stop();
    this.rate.stop();
  }

  private backOff(): void {
    if (!this.isRejected) {
      this.isRejected = true;
      this.reopening.start(delayBefore(this.rejections, this.settings.random));
      this.rejections += 1;
    }
  }

  private reopen(): void {
    if (this.isRejected) {
      this.size += 1;
    } else {
      this.rejections = 0;
      this.size *= 2;
    }
    this.size = Math.min(this.limit, this.size);
    this.isRejected = false;
    this.isPaused = false;
    if (this.submit() && this.size < this.limit) {
      this.reopening.start(delayBefore(this.rejections, this.settings.random));
    }
  }
}
