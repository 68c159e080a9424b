import { DatabaseWorker } from './database-worker';
import { SESSION_SQL } from './dialect/schema';
import { RunOptions, SqlError } from './sql-engine';

interface Slot {
  worker?: DatabaseWorker;
  /** Settles when the worker is ready. */
  ready?: Promise<void>;
  /** Snapshot with the data of the worker. */
  snapshot?: string;
  isStarting: boolean;
  isBusy: boolean;
}

type Use<T> = (worker: DatabaseWorker, commit: (snapshot: string) => void) => Promise<T>;

/** Workers with the same database. Each statement runs on an idle worker that has all acknowledged writes. */
export class WorkerPool {
  private readonly slots: Slot[];
  private readonly queue: Array<() => void> = [];
  private isClosed = false;

  constructor(private snapshot: string, workers: number) {
    this.slots = Array.from({ length: workers }, () => ({ isStarting: false, isBusy: false }));
  }

  /** Starts all workers and waits for the first. */
  public async warmUp(): Promise<void> {
    const [first, ...others] = this.slots;
    await this.open(first);
    for (const slot of others) this.openAhead(slot);
  }

  /** Runs `use` on a worker. If the signal is aborted, the worker is replaced. */
  public async use<T>(options: RunOptions, use: Use<T>): Promise<T> {
    const slot = await this.freeSlot(options.signal);
    let isCommitted = false;
    const commit = (snapshot: string): void => {
      isCommitted = true;
      this.snapshot = snapshot;
      slot.snapshot = snapshot;
    };
    let stop: () => void = () => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => {
        if (isCommitted) return;
        this.discard(slot);
        reject(options.signal?.reason);
      };
      options.signal?.addEventListener('abort', stop, { once: true });
    });
    try {
      const run = (async () => {
        const worker = await this.current(slot);
        options.signal?.throwIfAborted();
        options.onStart?.();
        return use(worker, commit);
      })();
      run.catch(() => undefined);
      return await Promise.race([run, stopped]);
    } catch (error) {
      // After an error that isn't an error of the statement, the state of the worker is unknown.
      if (!(error instanceof SqlError)) this.discard(slot);
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      this.release(slot);
    }
  }

  /** Snapshots that workers are loading. */
  public loadingSnapshots(): Set<string | undefined> {
    return new Set(this.slots.filter((slot) => slot.isStarting).map((slot) => slot.snapshot));
  }

  /** Stops all workers immediately. */
  public async close(): Promise<void> {
    this.isClosed = true;
    for (const wake of this.queue.splice(0)) wake();
    await Promise.all(this.slots.map((slot) => slot.worker?.terminate()));
  }

  private async freeSlot(signal?: AbortSignal): Promise<Slot> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.isClosed) throw new Error('the database is closed');
      const free = this.slots.filter((slot) => !slot.isBusy);
      const slot = free.find((candidate) => candidate.snapshot === this.snapshot && !candidate.isStarting) ?? free[0];
      if (slot) {
        slot.isBusy = true;
        return slot;
      }
      await this.turn(signal);
    }
  }

  private async turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        const place = this.queue.indexOf(wake);
        if (place >= 0) this.queue.splice(place, 1);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.queue.push(wake);
    });
  }

  private release(slot: Slot): void {
    slot.isBusy = false;
    this.queue.shift()?.();
    if (slot.worker === undefined && !this.isClosed && !slot.isBusy) this.openAhead(slot);
  }

  private async current(slot: Slot): Promise<DatabaseWorker> {
    if (slot.worker === undefined || slot.snapshot !== this.snapshot) return this.open(slot);
    await slot.ready;
    return slot.worker;
  }

  private openAhead(slot: Slot): void {
    // The next statement starts the worker again and reports the error.
    this.open(slot).catch(() => undefined);
  }

  private async open(slot: Slot): Promise<DatabaseWorker> {
    this.discard(slot);
    const worker = new DatabaseWorker(this.snapshot);
    slot.worker = worker;
    slot.snapshot = this.snapshot;
    slot.isStarting = true;
    slot.ready = worker.execute(SESSION_SQL);
    try {
      await slot.ready;
      return worker;
    } catch (error) {
      if (slot.worker === worker) this.discard(slot);
      throw error;
    } finally {
      if (slot.worker === worker) slot.isStarting = false;
    }
  }

  private discard(slot: Slot): void {
    void slot.worker?.terminate();
    slot.worker = undefined;
    slot.ready = undefined;
    slot.snapshot = undefined;
    slot.isStarting = false;
  }
}
