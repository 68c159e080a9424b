import type { StoredBatches } from '../../model/stored-batches';
import { findBatch } from '../../results/message-batch';

/** Message batches of a run, and when they expire, in seconds since the epoch. */
export interface RecentChunk extends StoredBatches {
  readonly run: string;
  readonly expiresAt: number;
}

/** The most recently used result chunks, up to a number of bytes. Chunks never change, and many clients read the same one. */
export class RecentChunks {
  /** The chunks and their sizes in bytes. The most recently used chunk is last. */
  private readonly chunks = new Map<RecentChunk, number>();
  private bytes = 0;

  constructor(private readonly maxResultBytes: number) {}

  /** Finds the chunk that contains a message. */
  public find(run: string, seq: number): RecentChunk | undefined {
    const found = this.first((chunk) => chunk.run === run && findBatch(chunk, seq) !== undefined);
    if (found !== undefined) {
      this.push(found, this.remove(found));
    }
    return found;
  }

  public add(chunk: RecentChunk): void {
    const previous = this.first(({ run, seq }) => run === chunk.run && seq === chunk.seq);
    if (previous !== undefined) {
      this.remove(previous);
    }
    this.push(chunk, chunk.batches.reduce((bytes, { data }) => bytes + data.length, 0));
    for (const oldest of this.chunks.keys()) {
      if (this.bytes <= this.maxResultBytes) {
        return;
      }
      this.remove(oldest);
    }
  }

  private first(matches: (chunk: RecentChunk) => boolean): RecentChunk | undefined {
    return [...this.chunks.keys()].find(matches);
  }

  private push(chunk: RecentChunk, bytes: number): void {
    this.chunks.set(chunk, bytes);
    this.bytes += bytes;
  }

  private remove(chunk: RecentChunk): number {
    const bytes = this.chunks.get(chunk)!;
    this.chunks.delete(chunk);
    this.bytes -= bytes;
    return bytes;
  }
}
