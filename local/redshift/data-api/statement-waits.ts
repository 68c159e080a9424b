import { ServiceError } from './service-error';
import { hasEnded, Statement } from './statement';

/** The requests that wait for the end of a statement. */
export class StatementWaits {
  /** Number of waiting requests, by statement. */
  private readonly waiting = new Map<string, number>();

  /** `maxRequests` is the maximum number of requests that wait for the same statement. */
  constructor(private readonly maxRequests: number) {}

  /**
   * Waits until the statement ends, the time is over, or the client disconnects. Doesn't wait without a time or for an ended statement. Throws if too
   * many requests wait for the statement.
   */
  public async waitForEnd(statement: Statement, seconds: number | undefined, gone: AbortSignal): Promise<void> {
    if (!seconds || hasEnded(statement) || gone.aborted) return;
    const others = this.waiting.get(statement.id) ?? 0;
    if (others >= this.maxRequests) {
      throw new ServiceError('ActiveWaitingRequestsExceededException', `Active waiting requests exceeded the limit for the statement (${this.maxRequests}).`);
    }
    this.waiting.set(statement.id, others + 1);
    try {
      await endOrTimeout(statement, seconds * 1000, gone);
    } finally {
      this.remove(statement.id);
    }
  }

  private remove(id: string): void {
    const others = this.waiting.get(id)! - 1;
    if (others > 0) this.waiting.set(id, others);
    else this.waiting.delete(id);
  }
}

async function endOrTimeout(statement: Statement, milliseconds: number, gone: AbortSignal): Promise<void> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stopped = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
    for (const signal of [gone, statement.stop.signal]) {
      signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
    }
  });
  await Promise.race([statement.ended, stopped]);
  clearTimeout(timer);
  over.abort();
}
