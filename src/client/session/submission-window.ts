import { MessageRate } from './message-rate';
import type { ConnectionLimits } from '../../protocol/messages';
import type { Settings } from '../options';
import { retryDelay } from '../timing/backoff';
import { Timer } from '../timing/timer';

/** Maximum number of queries in flight until the client receives the limits of the service: half of its default. */
const INITIAL_QUERIES = 10;

/**
 * Limits the queries in flight to the maximum of the connection and of the caller. If the service rejects a query because of the caller's other
 * connections, the window shrinks to the accepted queries, and grows by one query after a delay with exponential backoff.
 */
export class SubmissionWindow {
  private size = INITIAL_QUERIES;
  private limit = Infinity;
  private areLimitsNeeded = true;
  private isPaused = false;
  /** Whether the service rejected a query since the window last grew. */
  private isRejected = false;
  private rejections = 0;
  private readonly rate: MessageRate;
  private readonly growthTimer: Timer;

  /** @param submit Submits queries while the window has room. Returns whether more queries wait. */
  constructor(private readonly settings: Settings, private readonly submit: () => boolean) {
    this.rate = new MessageRate(settings.clock, submit);
    this.growthTimer = new Timer(settings.clock, () => this.grow());
  }

  public hasRoom(inFlight: number): boolean {
    return !this.isPaused && inFlight < this.size && this.rate.hasRoom();
  }

  /** Returns whether to request the limits: true once for each connection. */
  public shouldRequestLimits(): boolean {
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

  /** Sets the limits of the connection; undefined if the service doesn't send them. */
  public setLimits(limits: ConnectionLimits | undefined): void {
    this.areLimitsNeeded = false;
    if (limits !== undefined) {
      this.limit = Math.max(1, Math.min(limits.queriesPerConnection, limits.queriesPerCaller ?? Infinity));
      this.size = this.growthTimer.isRunning ? Math.min(this.size, this.limit) : this.limit;
      this.rate.setThrottle(limits);
    }
  }

  public sent(): void {
    this.rate.sent();
  }

  public accepted(): void {
    if (!this.growthTimer.isRunning) {
      this.rejections = 0;
      this.size = Math.min(this.limit, this.size + 1);
    }
  }

  /** Handles that the service rejected a query in addition to those in flight. */
  public rejected(inFlight: number, limit = Infinity): void {
    this.areLimitsNeeded &&= limit === Infinity;
    this.limit = Math.max(1, Math.min(this.limit, limit));
    this.size = Math.min(inFlight, this.limit);
    this.backOff();
  }

  /** Submits no queries for a while, because API Gateway could not deliver a message. */
  public pause(): void {
    this.isPaused = true;
    this.backOff();
  }

  public stop(): void {
    this.growthTimer.stop();
    this.rate.stop();
  }

  private backOff(): void {
    if (!this.isRejected) {
      this.isRejected = true;
      this.growthTimer.start(retryDelay(this.rejections, this.settings.random));
      this.rejections += 1;
    }
  }

  private grow(): void {
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
      this.growthTimer.start(retryDelay(this.rejections, this.settings.random));
    }
  }
}
