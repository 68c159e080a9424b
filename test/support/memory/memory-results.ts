import { chunkKey, runPartition } from './memory-keys';
import type { Key } from './memory-keys';
import { MemoryTable } from './memory-table';
import type { Expiring, Item } from './memory-table';
import type { StoredBatches, MessageBatch, ResultChunk, Results } from '../../../src/runtime/model/ports';
import type { Fetched, Run } from '../../../src/runtime/model/run';
import { findBatch } from '../../../src/runtime/results/message-batch';

/** A chunk with its data as a string. */
interface ChunkItem extends Expiring, Omit<ResultChunk, 'batches'> {
  readonly batches: readonly (Omit<MessageBatch, 'data'> & { readonly base64: string })[];
}

/** Stored batches in memory. */
export class MemoryResults implements Results {
  private readonly table: MemoryTable;

  /** `now` gives milliseconds since the epoch. */
  constructor(now: () => number) {
    this.table = new MemoryTable(now);
  }

  public purge(mayDelete?: (item: Item) => boolean): number {
    return this.table.purge(mayDelete);
  }

  /** Everything that is stored, expired or not. */
  public items(): Item[] {
    return this.table.items();
  }

  public async store({ run, expiresAt }: Pick<Run, 'run' | 'expiresAt'>, { seq, batches, after }: ResultChunk): Promise<Fetched> {
    const key: Key = [runPartition(run), chunkKey(seq)];
    const stored = this.table.get<ChunkItem>(...key);
    if (stored !== undefined) {
      return stored.after;
    }
    const items = batches.map(({ data, ...rest }) => ({ ...rest, base64: Buffer.from(data).toString('base64') }));
    this.table.put<ChunkItem>(...key, { seq, batches: items, after, expiresAt });
    return after;
  }

  public async find(run: string, seq: number): Promise<StoredBatches | undefined> {
    const last = this.table.query<ChunkItem>(runPartition(run)).filter((item) => item.seq <= seq).at(-1);
    const batches = last?.batches.map(({ base64, ...rest }) => ({ ...rest, data: Uint8Array.from(Buffer.from(base64, 'base64')) }));
    return batches !== undefined && findBatch({ seq: last!.seq, batches }, seq) ? { seq: last!.seq, batches } : undefined;
  }
}
