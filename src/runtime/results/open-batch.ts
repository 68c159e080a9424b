import { compress, MAX_MESSAGES_PER_BATCH, getMaxDataBytes } from './message-batch';
import { OpenMessage } from './row-messages';
import type { Position } from './row-messages';
import { MAX_MESSAGE_BYTES } from '../../protocol/limits';
import type { Column } from '../../protocol/messages';
import type { MessageBatch } from '../model/stored-batches';

/** Target fill of a compressed message, as a share of its capacity. The margin covers wrong estimates. */
const AIM = 0.98;
/** Minimum fill of a compressed message at which no further attempt is made. */
const ENOUGH = 0.89;
/** Minimum share of a batch for which a new message is started. */
const WORTHWHILE = 0.09;
/** Maximum number of attempts to find a cut. */
const MAX_CUTS = 4;

/** The messages of the first rows of an open batch, and their compressed batch. */
export interface Cut {
  readonly rows: number;
  readonly messages: readonly string[];
  /** Total size of the messages, in bytes. */
  readonly bytes: number;
  readonly batch: MessageBatch;
}

/**
 * Collects messages until their compressed size fills a compressed message. Estimates the compression ratio from earlier rows, and compresses only when
 * the estimate is full.
 */
export class OpenBatch {
  /** Total size of all messages, in bytes. */
  public bytes = 0;
  private readonly messages: OpenMessage[] = [];
  private readonly room: number;
  private tryAt: number;
  private fitting?: Cut;

  /** `density` is the compression ratio of the previous batch. */
  constructor(private readonly start: Position, private readonly columns: readonly Column[], density?: number) {
    this.room = getMaxDataBytes(start);
    // A cut never improves a single message.
    this.tryAt = Math.max(MAX_MESSAGE_BYTES, density === undefined ? 0 : AIM * this.room / density);
  }

  public get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  /** Number of the next row in the result. */
  public get nextRow(): number {
    const last = this.messages.at(-1);
    return last === undefined ? this.start.offset : last.position.offset + last.rows;
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
  public add(message: OpenMessage, row: string, bytes: number): void {
    if (!this.has(message)) {
      this.begin(message);
    }
    const before = message.bytes;
    message.add(row, bytes);
    this.bytes += message.bytes - before;
  }

  /** The cut before a message is added, if any. */
  public cutBefore(message: OpenMessage): Cut | undefined {
    if (this.has(message)) {
      return undefined;
    }
    return this.messages.length === MAX_MESSAGES_PER_BATCH ? this.lastCut() : this.fullCut(this.tryAt * (1 - WORTHWHILE));
  }

  /** The cut of a full batch. Returns undefined while more rows fit, or while the batch has fewer than `tryAt` bytes. */
  public fullCut(tryAt = this.tryAt): Cut | undefined {
    if (this.bytes < tryAt) {
      return undefined;
    }
    const all = this.cut();
    if (!this.fits(all)) {
      return this.largestCut(all);
    }
    if (this.isEnough(all)) {
      return all;
    }
    this.tryAt = this.guess(all);
    this.fitting = all;
    return undefined;
  }

  /** The largest cut that fits a compressed message. */
  public lastCut(): Cut {
    const all = this.cut();
    return this.fits(all) ? all : this.largestCut(all);
  }

  /** The rows after a cut. */
  public rowsAfter({ rows }: Cut): string[] {
    return this.messages.flatMap((message) => message.rowsFrom(rows - this.rowsBefore(message)));
  }

  /** The messages of the first rows. Always includes the first message. */
  private cut(rows = this.nextRow - this.start.offset): Cut {
    const messages = this.messages
      .filter((message, index) => index === 0 || this.rowsBefore(message) < rows)
      .map((message) => message.toJson(rows - this.rowsBefore(message)));
    const lengths = messages.map((message) => Buffer.byteLength(message));
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    return { rows, messages, bytes, batch: { offset: this.start.offset, lengths, data: compress(messages) } };
  }

  /** A single message always fits, because it is sent uncompressed. */
  private fits({ messages, batch }: Cut): boolean {
    return messages.length === 1 || batch.data.length <= this.room;
  }

  private isEnough({ batch }: Cut): boolean {
    return batch.data.length >= ENOUGH * this.room;
  }

  /** Estimates how many bytes fill the batch, from the compression ratio since the last attempt. */
  private guess({ bytes, batch }: Cut): number {
    const before = this.fitting ?? { bytes: 0, batch: { data: { length: 0 } } };
    const density = Math.max(batch.data.length - before.batch.data.length, 1) / Math.max(bytes - before.bytes, 1);
    return bytes + Math.max((AIM * this.room - batch.data.length) / density, 1);
  }

  /** Finds a cut near the largest that fits, by interpolation between two sizes. */
  private largestCut(tooLarge: Cut): Cut {
    let fitting = this.fitting ?? this.cut(this.messages[0].rows);
    let over = tooLarge;
    for (let cuts = 0; cuts < MAX_CUTS && !this.isEnough(fitting) && over.rows - fitting.rows > 1; cuts += 1) {
      const share = (AIM * this.room - fitting.batch.data.length) / (over.batch.data.length - fitting.batch.data.length);
      const rows = fitting.rows + Math.round(share * (over.rows - fitting.rows));
      const tried = this.cut(Math.min(Math.max(rows, fitting.rows + 1), over.rows - 1));
      if (this.fits(tried)) {
        fitting = tried;
      } else {
        over = tried;
      }
    }
    return fitting;
  }

  private rowsBefore({ position: { offset } }: OpenMessage): number {
    return offset - this.start.offset;
  }
}
