import type { QueryRequest } from './query-request';
import type { QueryOptions } from './query-types';
import type { Column } from '../../protocol/messages';
import { QueryError } from '../errors';
import { QueryExecution } from '../execution/query-execution';
import { RowBuffer } from '../rows/row-buffer';
import type { Batch, Completion } from '../rows/row-buffer';
import type { ValueOptions } from '../rows/row-values';
import type { Session } from '../session/session';

/** Maximum number of buffered messages of a query that the caller iterates over, by default. */
const ITERATION_WINDOW = 16;

/** A complete result. */
export interface QueryResult<Row> extends Omit<Completion, 'rows'> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
}

/**
 * A submitted query. Await it for the complete result, or iterate over it once with `for await` for batches of rows as they arrive. You can't do both.
 * Leaving the loop cancels the query.
 *
 * @example
 * const { rows, truncated } = await client.query('by_hour', { day: '2015-01-02' });
 * for await (const batch of client.query('by_hour', { day: '2015-01-02' })) {
 *   console.table(batch.rows);
 * }
 */
export interface Query<Row> extends PromiseLike<QueryResult<Row>>, AsyncIterable<Batch<Row>> {
  /** The columns of the result; empty until the first rows arrive. */
  readonly columns: readonly Column[];
  /** How the query ended; undefined until all rows have arrived. */
  readonly completion?: Completion;
  /** Cancels the query, which then rejects with a QueryError `cancelled`. Has no effect on a query that has ended. */
  cancel(): void;
  catch<Other = never>(onRejected: (reason: any) => Other | PromiseLike<Other>): Promise<QueryResult<Row> | Other>;
  finally(onEnded: () => void): Promise<QueryResult<Row>>;
}

/** The query that `Client.query()` returns. */
export class SubmittedQuery<Row> implements Query<Row> {
  private readonly rowBuffer: RowBuffer;
  private readonly execution: QueryExecution;
  private resultPromise?: Promise<QueryResult<Row>>;
  private isIterated = false;

  constructor(session: Session, request: QueryRequest, valueOptions: ValueOptions, private readonly options: QueryOptions) {
    this.rowBuffer = new RowBuffer(options.rows ?? 'object', valueOptions, () => this.collectsAll(), () => this.execution.batchTaken());
    this.execution = new QueryExecution(session, request, {
      rowBuffer: this.rowBuffer,
      window: () => options.window ?? (this.isIterated ? ITERATION_WINDOW : undefined),
      onProgress: (progress) => options.onProgress?.(progress),
      onEnded: () => options.signal?.removeEventListener('abort', this.abort),
    });
    if (options.signal?.aborted) {
      this.abort();
    } else {
      options.signal?.addEventListener('abort', this.abort);
    }
    // In a microtask, the caller has awaited or iterated over the query, or canceled it.
    queueMicrotask(() => session.start(this.execution));
  }

  public get columns(): readonly Column[] {
    return this.rowBuffer.columns;
  }

  public get completion(): Completion | undefined {
    return this.rowBuffer.completion;
  }

  public cancel(): void {
    this.execution.cancel(new QueryError('cancelled', 'The query was canceled. Submit it again to receive the result.', true));
  }

  public then<Fulfilled = QueryResult<Row>, Rejected = never>(
    onFulfilled?: ((result: QueryResult<Row>) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: any) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this.result().then(onFulfilled, onRejected);
  }

  public catch<Other = never>(onRejected: (reason: any) => Other | PromiseLike<Other>): Promise<QueryResult<Row> | Other> {
    return this.result().catch(onRejected);
  }

  public finally(onEnded: () => void): Promise<QueryResult<Row>> {
    return this.result().finally(onEnded);
  }

  public [Symbol.asyncIterator](): AsyncIterator<Batch<Row>, undefined> {
    if (this.resultPromise !== undefined || this.isIterated) {
      throw readTwiceError();
    }
    this.isIterated = true;
    let last: Promise<unknown> = Promise.resolve();
    return {
      next: () => {
        const next = last.then(async () => this.nextBatch());
        last = ignoreRejection(next);
        return next;
      },
      return: async () => {
        this.cancel();
        return { done: true, value: undefined };
      },
    };
  }

  private async nextBatch(): Promise<IteratorResult<Batch<Row>, undefined>> {
    const batch = await this.rowBuffer.next();
    return batch === undefined ? { done: true, value: undefined } : { done: false, value: batch as Batch<Row> };
  }

  private result(): Promise<QueryResult<Row>> {
    if (this.resultPromise === undefined) {
      this.resultPromise = this.collectRows();
      // Only the promises that the caller derives report an unhandled rejection.
      void ignoreRejection(this.resultPromise);
      this.execution.batchTaken();
    }
    return this.resultPromise;
  }

  private async collectRows(): Promise<QueryResult<Row>> {
    if (this.isIterated) {
      throw readTwiceError();
    }
    const rows = await this.rowBuffer.all() as readonly Row[];
    return { ...this.rowBuffer.completion!, rows, columns: this.rowBuffer.columns };
  }

  private collectsAll(): boolean {
    return !this.isIterated && (this.resultPromise !== undefined || this.options.window === undefined);
  }

  private readonly abort = (): void => this.execution.cancel(this.options.signal?.reason);
}

function readTwiceError(): TypeError {
  return new TypeError('The rows of a query can be read only once. Await the query, or iterate over it once.');
}

/** Prevents the report of an unhandled rejection. */
function ignoreRejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => undefined);
}
