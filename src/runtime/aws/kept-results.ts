import type { DynamoDbTable } from './dynamodb-table';
import { messagesItemKey, messagesSortKey, paddedSeq, runPartition } from './item-keys';
import { has, RecentPieces } from './recent-pieces';
import type { S3Bucket } from './s3-bucket';
import type { Clock, KeptMessages, Results } from '../ports';
import type { Run } from '../run';

/** A result is in the table up to so many bytes, and beyond that in the bucket; an item has at most 400 KB. */
const MAXIMUM_TABLE_BYTES = 256 * 1024;

/** The memory that messages may take which are likely to be wanted again. */
const MAXIMUM_RECENT_BYTES = 16 * 1024 * 1024;

/** Between messages: a JSON text has none. */
const SEPARATOR = '\n';

/** A piece in the table; one without a payload has it in the bucket. */
interface MessagesItem {
  readonly seq: number;
  readonly payload?: string;
  readonly expiresAt: number;
}

/** Keeps small results in the table, and large ones in a bucket. */
export class KeptResults implements Results {
  private readonly recent = new RecentPieces(MAXIMUM_RECENT_BYTES);

  constructor(private readonly table: DynamoDbTable, private readonly bucket: S3Bucket, private readonly clock: Clock) {}

  public async keep({ run, fetched, expiresAt }: Pick<Run, 'run' | 'fetched' | 'expiresAt'>, { seq, messages }: KeptMessages): Promise<void> {
    const payload = messages.join(SEPARATOR);
    const item: MessagesItem = { seq, expiresAt };
    if (fetched.bytes + Buffer.byteLength(payload) <= MAXIMUM_TABLE_BYTES) {
      await this.table.put(messagesItemKey(run, seq), { ...item, payload });
    } else {
      await this.bucket.put(objectKey(run, seq), payload);
      await this.table.put(messagesItemKey(run, seq), item);
    }
    this.recent.add({ run, seq, messages, expiresAt });
  }

  public async find(run: string, seq: number): Promise<KeptMessages | undefined> {
    const piece = this.recent.find(run, seq) ?? await this.read(run, seq);
    return piece && piece.expiresAt * 1000 > this.clock.now() ? { seq: piece.seq, messages: piece.messages } : undefined;
  }

  private async read(run: string, seq: number) {
    const item = await this.table.last(runPartition(run), messagesSortKey(0), messagesSortKey(seq)) as MessagesItem | undefined;
    const payload = item && (item.payload ?? await this.bucket.get(objectKey(run, item.seq)));
    if (payload === undefined) {
      return undefined;
    }
    const piece = { run, seq: item!.seq, messages: payload.split(SEPARATOR), expiresAt: item!.expiresAt };
    this.recent.add(piece);
    return has(piece, seq) ? piece : undefined;
  }
}

function objectKey(run: string, seq: number): string {
  return `${run}/${paddedSeq(seq)}`;
}
