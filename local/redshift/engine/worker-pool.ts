import { DatabaseWorker } from './database-worker';
import { SESSION_SQL } from './dialect/schema';
import { RunOptions, SqlError } from './sql-engine';

interface Slot {
  worker?: DatabaseWorker;
  /** Settles when the worker can take statements. */
  ready?: Promise<void>;
  /** The file that the worker was opened from, or has dumped since. */
  snapshot?: string;
  isOpening: boolean;
  isBusy: boolean;
}

type Use<T> = (worker: DatabaseWorker, commit: (snapshot: string) => void) => Promise<T>;

/** Database workers that hold one database: whoever asks gets a free one that has seen every acknowledged write. */
export class WorkerPool {
  private readonly slots: Slot[];
  private readonly queue: Array<() => void> = [];
  private isClosed = false;

  constructor(private snapshot: string, workers: number) {
    this.slots = Array.from({ length: workers }, () => ({ isOpening: false, isBusy: false }));
  }

  /** Opens all workers; returns when the first is ready. */
  public async warmUp(): Promise<void> {
    const [first, ...others] = this.slots;
    await this.open(first);
    for (const slot of others) this.openAhead(slot);
  }

  /** Runs `use` on a worker. When the signal stops it, the worker is thrown away with whatever it was doing. */
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
      // A worker that fails otherwise than by its statement is not to be trusted with the next one.
      if (!(error instanceof SqlError)) this.discard(slot);
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      this.release(slot);
    }
  }

  /** Files that must not be removed yet. */
  public snapshotsBeingOpened(): Set<string | undefined> {
    return new Set(this.slots.filter((slot) => slot.isOpening).map((slot) => slot.snapshot));
  }

  /** Ends all workers, also those that are at work. */
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
      const slot = free.find((candidate) => candidate.snapshot === this.snapshot && !candidate.isOpening) ?? free[0];
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
    // The statement that needs this worker opens it again and hears why it cannot.
    this.open(slot).catch(() => undefined);
  }

  private async open(slot: Slot): Promise<DatabaseWorker> {
    this.discard(slot);
    const worker = new DatabaseWorker(this.snapshot);
    slot.worker = worker;
    slot.snapshot = this.snapshot;
    slot.isOpening = true;
    slot.ready = worker.execute(SESSION_SQL);
    try {
      await slot.ready;
      return worker;
    } catch (error) {
      if (slot.worker === worker) this.discard(slot);
      throw error;
    } finally {
      if (slot.worker === worker) slot.isOpening = false;
    }
  }

  private discard(slot: Slot): void {
    void slot.worker?.terminate();
    slot.worker = undefined;
    slot.ready = undefined;
    slot.snapshot = undefined;
    slot.isOpening = false;
  }
}
