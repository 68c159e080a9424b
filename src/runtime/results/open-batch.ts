import type { EncodedRows } from './encoded-rows';
import { compress, MAX_MESSAGES_PER_BATCH, getMaxDataBytes } from './message-batch';
import { OpenMessage } from './row-messages';
import type { Position } from './row-messages';
import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import type { Column } from '../../protocol/messages';
import type { MessageBatch } from '../model/stored-batches';

/** Target fill of a compressed message, as a share of its capacity. The margin covers wrong estimates. */
const AIM = 0.99;
/** Estimated fill at which no further message is started. */
const NEARLY_FULL = 0.89;
/** Minimum fill of a compressed message. */
const ENOUGH = 0.85;

/** The messages of the first rows of an open batch, compressed. */
export interface ClosedBatch {
  readonly rows: number;
  /** Total size of the messages, in bytes. */
  readonly bytes: number;
  readonly batch: MessageBatch;
}

/**
 * Collects messages until their compressed size fills a compressed message. Estimates the compressed size from the compression ratio of earlier rows,
 * so that most batches are compressed once.
 */
export class OpenBatch {
  /** Number of rows in the batch. */
  public rows = 0;
  /** Total size of all messages, in bytes. */
  public bytes = 0;
  private readonly messages: OpenMessage[] = [];
  /** Maximum compressed size, in bytes. */
  private readonly room: number;
  /** Estimated size at which the batch is full, in bytes. */
  private target = 0;

  /** `ratio` is the compression ratio of earlier rows: compressed bytes per byte. */
  constructor(private readonly start: Position, private readonly columns: readonly Column[], ratio: number) {
    this.room = getMaxDataBytes(start);
    this.aim(ratio);
  }

  public get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  /** Number of the next row in the result. */
  public get nextRow(): number {
    return this.start.offset + this.rows;
  }

  /** The message for a row of a given size: the last one, or a new one if the row doesn't fit. */
  public messageFor(bytes: number): OpenMessage {
    const last = this.messages.at(-1);
    return last !== undefined && last.bytesWith(bytes) <= MAX_MESSAGE_BYTES ? last : this.nextMessage();
  }

  public nextMessage(): OpenMessage {
    return new OpenMessage({ ...this.start, seq: this.start.seq + this.messages.length, offset: this.nextRow }, this.columns);
  }

  public has(message: OpenMessage): boolean {
    return this.messages.at(-1) === message;
  }

  public begin(message: OpenMessage): void {
    this.messages.push(message);
    this.bytes += message.bytes;
  }

  /** Adds a row to the message from `messageFor`. */
  public add(message: OpenMessage, bytes: number): void {
    if (!this.has(message)) {
      this.begin(message);
    }
    this.bytes += message.bytesWith(bytes) - message.bytes;
    message.add(bytes);
    this.rows += 1;
  }

  /** Closes the batch before a message is added, if no further message is worthwhile. */
  public closeBefore(message: OpenMessage, encoded: EncodedRows): ClosedBatch | undefined {
    if (this.has(message)) {
      return undefined;
    }
    return this.messages.length === MAX_MESSAGES_PER_BATCH ? this.close(encoded) : this.closeIfFull(encoded, NEARLY_FULL / AIM);
  }

  /** Closes the batch if it has a share of the target. */
  public closeIfFull(encoded: EncodedRows, share = 1): ClosedBatch | undefined {
    if (this.bytes < share * this.target) {
      return undefined;
    }
    const closed = this.close(encoded);
    if (closed.rows < this.rows || closed.batch.data.length >= ENOUGH * this.room) {
      return closed;
    }
    this.aim(closed.batch.data.length / closed.bytes);
    return undefined;
  }

  /** Closes the batch with as many rows as fit. */
  public close(encoded: EncodedRows): ClosedBatch {
    let closed = this.compress(encoded, this.rows);
    // A single message always fits, because it is sent uncompressed.
    while (closed.batch.lengths.length > 1 && closed.batch.data.length > this.room) {
      closed = this.compress(encoded, Math.max(this.messages[0].rows, Math.floor(closed.rows * AIM * this.room / closed.batch.data.length)));
    }
    return closed;
  }

  private aim(ratio: number): void {
    // A smaller batch never improves a single message.
    this.target = Math.max(MAX_MESSAGE_BYTES, AIM * this.room / ratio);
  }

  private compress(encoded: EncodedRows, rows: number): ClosedBatch {
    const { offset } = this.start;
    const messages = this.messages
      .filter(({ position }, index) => index === 0 || position.offset - offset < rows)
      .map((message) => message.toJson(encoded, message.position.offset - offset, rows));
    const lengths = messages.map(({ length }) => length);
    return { rows, bytes: lengths.reduce((sum, length) => sum + length, 0), batch: { offset, lengths, data: compress(messages) } };
  }
}
