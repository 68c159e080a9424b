import { randomUUID } from 'node:crypto';
import { ABSENT } from './dynamodb-table';
import type { DynamoDbTable } from './dynamodb-table';
import { messagesItemKey, messagesSortKey, paddedSeq, runPartition } from './item-keys';
import { RecentChunks } from './recent-chunks';
import { ServiceBusyError } from '../../model/errors';
import type { Clock, ResultChunk, Results } from '../../model/ports';
import type { Fetched, Run } from '../../model/run';
import type { MessageBatch, StoredBatches } from '../../model/stored-batches';
import { countMessages } from '../../results/message-batch';
import type { S3Bucket } from '../s3-bucket';

/** Maximum compressed size of a result in the table, in bytes. Larger results are in the bucket. An item has at most 400 KB. */
const MAX_TABLE_BYTES = 256 * 1024;

/** Maximum memory for recent result chunks, in bytes. */
const MAX_RECENT_BYTES = 16 * 1024 * 1024;

/** A result chunk in the table. The data of its batches is concatenated in the payload, or in an object in the bucket. */
interface ChunkItem {
  readonly seq: number;
  readonly batches: readonly BatchItem[];
  readonly payload?: Uint8Array;
  readonly object?: string;
  readonly after: Fetched;
  readonly expiresAt: number;
}

interface BatchItem extends Omit<MessageBatch, 'data'> {
  /** Size of the data, in bytes. */
  readonly bytes: number;
}

/** Stores small results in the table, and large ones in a bucket. */
export class DynamoDbResults implements Results {
  private readonly recent = new RecentChunks(MAX_RECENT_BYTES);

  constructor(private readonly table: DynamoDbTable, private readonly bucket: S3Bucket, private readonly clock: Clock) {}

  public async store({ run, expiresAt }: Pick<Run, 'run' | 'expiresAt'>, { seq, batches, after }: ResultChunk): Promise<Fetched> {
    const payload = Buffer.concat(batches.map(({ data }) => data));
    const isSmall = after.compressedBytes <= MAX_TABLE_BYTES;
    const item = { seq, batches: batches.map(toBatchItem), after, expiresAt };
    const stored = isSmall ? { ...item, payload } : { ...item, object: await this.putObject(run, seq, payload) };
    if (await this.table.put(messagesItemKey(run, seq), stored, { condition: ABSENT })) {
      this.recent.add({ run, seq, batches, expiresAt });
      return after;
    }
    // A chunk is stored already. It can be the same one if the SDK repeated a call whose response was lost.
    const existing = await this.table.get(messagesItemKey(run, seq)) as ChunkItem | undefined;
    if (existing === undefined) {
      throw new ServiceBusyError('the stored result has just expired');
    }
    return existing.after;
  }

  public async find(run: string, seq: number): Promise<StoredBatches | undefined> {
    const chunk = this.recent.find(run, seq) ?? await this.read(run, seq);
    return chunk && chunk.expiresAt * 1000 > this.clock.now() ? { seq: chunk.seq, batches: chunk.batches } : undefined;
  }

  /** Uses a unique key, so that the object of a stored chunk is never overwritten. */
  private async putObject(run: string, seq: number, payload: Uint8Array): Promise<string> {
    const key = `${run}/${paddedSeq(seq)}/${randomUUID()}`;
    await this.bucket.put(key, payload);
    return key;
  }

  private async read(run: string, seq: number) {
    const item = await this.table.last(runPartition(run), messagesSortKey(0), messagesSortKey(seq)) as ChunkItem | undefined;
    if (item === undefined || seq >= item.seq + countMessages(item.batches)) {
      return undefined;
    }
    const payload = item.payload ?? await this.bucket.get(item.object!);
    if (payload === undefined) {
      return undefined;
    }
    const chunk = { run, seq: item.seq, batches: toBatches(item.batches, payload), expiresAt: item.expiresAt };
    this.recent.add(chunk);
    return chunk;
  }
}

function toBatchItem({ data, ...rest }: MessageBatch): BatchItem {
  return { ...rest, bytes: data.length };
}

function toBatches(items: readonly BatchItem[], payload: Uint8Array): MessageBatch[] {
  let end = 0;
  return items.map(({ bytes, ...rest }) => {
    end += bytes;
    return { ...rest, data: payload.subarray(end - bytes, end) };
  });
}
