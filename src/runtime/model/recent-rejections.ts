import type { Clock } from './ports';

const RECENT_MS = 60_000;

const MAX_CONNECTIONS = 1000;

/** The connections whose requests this function has rejected recently. */
export class RecentRejections {
  /** Until when a rejection is recent, in milliseconds since the epoch, by connection. */
  private readonly until = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  public has(connectionId: string): boolean {
    return (this.until.get(connectionId) ?? 0) > this.clock.now();
  }

  public add(connectionId: string): void {
    this.until.delete(connectionId);
    this.until.set(connectionId, this.clock.now() + RECENT_MS);
    if (this.until.size > MAX_CONNECTIONS) {
      this.until.delete(this.until.keys().next().value!);
    }
  }
}
