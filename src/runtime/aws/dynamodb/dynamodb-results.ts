import { randomUUID } from 'node:crypto';
import { ABSENT } from './dynamodb-table';
import type { DynamoDbTable } from './dynamodb-table';
import { messagesItemKey, messagesSortKey, paddedSeq, runPartition } from './item-keys';
import { RecentChunks } from './recent-chunks';
import { ServiceBusyError } from '../../model/errors';
import type { Clock, StoredBatches, MessageBatch, ResultChunk, Results } from '../../model/ports';
import type { Fetched, Run } from '../../model/run';
import { messagesOf } from '../../results/message-batch';
import type { S3Bucket } from '../s3-bucket';

/** A result is in the table up to so many compressed bytes, and beyond that in the bucket; an item has at most 400 KB. */
const MAX_TABLE_BYTES = 256 * 1024;

/** The memory that packs may take which are likely to be wanted again. */
const MAX_RECENT_BYTES = 16 * 1024 * 1024;

/** A piece in the table; the packs are one after the other in its payload, or in an object of the bucket. */
interface ChunkItem {
  readonly seq: number;
  readonly batches: readonly BatchItem[];
  readonly payload?: Uint8Array;
  readonly object?: string;
  readonly after: Fetched;
  readonly expiresAt: number;
}

interface BatchItem extends Omit<MessageBatch, 'data'> {
  /** Of the data. */
  readonly bytes: number;
}

/** Keeps small results in the table, and large ones in a bucket. */
export class DynamoDbResults implements Results {
  private readonly recent = new RecentChunks(MAX_RECENT_BYTES);

  constructor(private readonly table: DynamoDbTable, private readonly bucket: S3Bucket, private readonly clock: Clock) {}

  public async keep({ run, expiresAt }: Pick<Run, 'run' | 'expiresAt'>, { seq, batches, after }: ResultChunk): Promise<Fetched> {
    const payload = Buffer.concat(batches.map(({ data }) => data));
    const isSmall = after.compressedBytes <= MAX_TABLE_BYTES;
    const item = { seq, batches: batches.map(batchItem), after, expiresAt };
    const stored = isSmall ? { ...item, payload } : { ...item, object: await this.putObject(run, seq, payload) };
    if (await this.table.put(messagesItemKey(run, seq), stored, { condition: ABSENT })) {
      this.recent.add({ run, seq, batches, expiresAt });
      return after;
    }
    // Somebody's piece is there already, this one too where the SDK repeated the call because its answer was lost.
    const kept = await this.table.get(messagesItemKey(run, seq)) as ChunkItem | undefined;
    if (kept === undefined) {
      throw new ServiceBusyError('what was kept of the result has just expired');
    }
    return kept.after;
  }

  public async find(run: string, seq: number): Promise<StoredBatches | undefined> {
    const chunk = this.recent.find(run, seq) ?? await this.read(run, seq);
    return chunk && chunk.expiresAt * 1000 > this.clock.now() ? { seq: chunk.seq, batches: chunk.batches } : undefined;
  }

  /** Under a name of its own, so that the object that the table names is never overwritten. */
  private async putObject(run: string, seq: number, payload: Uint8Array): Promise<string> {
    const key = `${run}/${paddedSeq(seq)}/${randomUUID()}`;
    await this.bucket.put(key, payload);
    return key;
  }

  private async read(run: string, seq: number) {
    const item = await this.table.last(runPartition(run), messagesSortKey(0), messagesSortKey(seq)) as ChunkItem | undefined;
    if (item === undefined || seq >= item.seq + messagesOf(item.batches)) {
      return undefined;
    }
    const payload = item.payload ?? await this.bucket.get(item.object!);
    if (payload === undefined) {
      return undefined;
    }
    const chunk = { run, seq: item.seq, batches: batchesOf(item.batches, payload), expiresAt: item.expiresAt };
    this.recent.add(chunk);
    return chunk;
  }
}

function batchItem({ data, ...rest }: MessageBatch): BatchItem {
  return { ...rest, bytes: data.length };
}

function batchesOf(items: readonly BatchItem[], payload: Uint8Array): MessageBatch[] {
  let end = 0;
  return items.map(({ bytes, ...rest }) => {
    end += bytes;
    return { ...rest, data: payload.subarray(end - bytes, end) };
  });
}
