import { QueryError } from './errors';
import { Inbox } from './inbox';
import type { Batch, Completion } from './inbox';
import type { QueryOptions } from './queries';
import type { Question } from './question';
import type { Session } from './session';
import { Task } from './task';
import type { ValueOptions } from './values';
import type { Column } from '../protocol/messages';

/** How many messages may wait for a loop, unless it is said otherwise. */
const WINDOW_OF_A_LOOP = 16;

/** A whole answer. */
export interface Answer<Row> extends Omit<Completion, 'rows'> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
}

/**
 * A query that was asked. Await it for the whole answer, or loop over it with `for await` for its rows in batches, as they come; leaving the loop
 * cancels it. It is one or the other, and a loop once.
 */
export interface Query<Row> extends PromiseLike<Answer<Row>>, AsyncIterable<Batch<Row>> {
  /** Known with the first rows, empty before. */
  readonly columns: readonly Column[];
  /** How it ended, once all rows have come. */
  readonly completion?: Completion;
  /** Ends it; it rejects with a QueryError `cancelled`. Does nothing to a query that has ended. */
  cancel(): void;
  catch<Other = never>(onRejected: (reason: any) => Other | PromiseLike<Other>): Promise<Answer<Row> | Other>;
  finally(onEnded: () => void): Promise<Answer<Row>>;
}

/** A query that was asked, and who waits for it. */
export class RunningQuery<Row> implements Query<Row> {
  private readonly inbox: Inbox;
  private readonly task: Task;
  private whole?: Promise<Answer<Row>>;
  private isLoopedOver = false;

  constructor(session: Session, question: Question, values: ValueOptions, private readonly options: QueryOptions) {
    this.inbox = new Inbox(options.rows ?? 'object', values, () => this.keepsAll(), () => this.task.drained());
    this.task = new Task(session, question, {
      inbox: this.inbox,
      window: () => options.window ?? (this.isLoopedOver ? WINDOW_OF_A_LOOP : undefined),
      onProgress: (progress) => options.onProgress?.(progress),
      onEnded: () => options.signal?.removeEventListener('abort', this.abort),
    });
    if (options.signal?.aborted) {
      this.abort();
    } else {
      options.signal?.addEventListener('abort', this.abort);
    }
    // By then it is known whether it is looped over, and what is taken back at once is never asked.
    queueMicrotask(() => session.begin(this.task));
  }

  public get columns(): readonly Column[] {
    return this.inbox.columns;
  }

  public get completion(): Completion | undefined {
    return this.inbox.completion;
  }

  public cancel(): void {
    this.task.cancel(new QueryError('cancelled', 'The query was cancelled.', true));
  }

  public then<Fulfilled = Answer<Row>, Rejected = never>(
    onFulfilled?: ((answer: Answer<Row>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: any) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.answer().then(onFulfilled, onRejected);
  }

  public catch<Other = never>(onRejected: (reason: any) => Other | PromiseLike<Other>): Promise<Answer<Row> | Other> {
    return this.answer().catch(onRejected);
  }

  public finally(onEnded: () => void): Promise<Answer<Row>> {
    return this.answer().finally(onEnded);
  }

  public [Symbol.asyncIterator](): AsyncIterator<Batch<Row>, undefined> {
    if (this.whole !== undefined || this.isLoopedOver) {
      throw new TypeError('The rows of a query are handed out once: await it, or loop over it a single time.');
    }
    this.isLoopedOver = true;
    let last: Promise<unknown> = Promise.resolve();
    return {
      next: () => {
        const next = last.then(async () => this.nextBatch());
        last = handled(next);
        return next;
      },
      return: async () => {
        this.cancel();
        return { done: true, value: undefined };
      },
    };
  }

  private async nextBatch(): Promise<IteratorResult<Batch<Row>, undefined>> {
    const batch = await this.inbox.next();
    return batch === undefined ? { done: true, value: undefined } : { done: false, value: batch as Batch<Row> };
  }

  private answer(): Promise<Answer<Row>> {
    if (this.whole === undefined) {
      this.whole = this.takeAll();
      // Whoever asked for it hears of a failure; nobody else is to.
      void handled(this.whole);
      this.task.drained();
    }
    return this.whole;
  }

  private async takeAll(): Promise<Answer<Row>> {
    if (this.isLoopedOver) {
      throw new TypeError('The rows of a query are handed out once: await it, or loop over it.');
    }
    const rows = await this.inbox.all() as readonly Row[];
    return { ...this.inbox.completion!, rows, columns: this.inbox.columns };
  }

  private keepsAll(): boolean {
    return !this.isLoopedOver && (this.whole !== undefined || this.options.window === undefined);
  }

  private readonly abort = (): void => this.task.cancel(this.options.signal?.reason);
}

/** The same, without anybody being told that a rejection was not handled. */
function handled(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => undefined);
}
