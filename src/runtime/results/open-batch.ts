import { compress, MAX_MESSAGES_PER_BATCH, roomForData } from './message-batch';
import { OpenMessage } from './row-messages';
import type { Position } from './row-messages';
import { MAXIMUM_MESSAGE_BYTES } from '../../protocol/messages';
import type { Column } from '../../protocol/messages';
import type { MessageBatch } from '../model/ports';

/** A packed message is to be so full, of 1: near to what fits, so that a wrong guess does not go over it. */
const AIM = 0.98;
/** A packed message is full enough from here on: not worth another try. */
const ENOUGH = 0.89;
/** A message that would be begun for less than that share of a pack is left to the next one. */
const WORTHWHILE = 0.09;
/** So often the place for a cut is looked for. */
const MAX_CUTS = 4;

/** The messages that are made of the first rows of an open pack, and what they are compressed to. */
export interface Cut {
  readonly rows: number;
  readonly messages: readonly string[];
  /** Of the messages. */
  readonly bytes: number;
  readonly batch: MessageBatch;
}

/**
 * Messages that are being filled until, compressed, they fill a packed message. How well rows compress is guessed from those before, and tried only
 * where the guess says that it is enough.
 */
export class OpenBatch {
  /** Of all messages. */
  public bytes = 0;
  private readonly messages: OpenMessage[] = [];
  private readonly room: number;
  private tryAt: number;
  private fitting?: Cut;

  /** `density` is what a byte came to in the pack before. */
  constructor(private readonly start: Position, private readonly columns: readonly Column[], density?: number) {
    this.room = roomForData(start);
    // A message alone is never better cut.
    this.tryAt = Math.max(MAXIMUM_MESSAGE_BYTES, density === undefined ? 0 : AIM * this.room / density);
  }

  public get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  /** Where the next row stands in the result. */
  public get nextRow(): number {
    const last = this.messages.at(-1);
    return last === undefined ? this.start.offset : last.position.offset + last.rows;
  }

  /** The message that a row of so many bytes is to be added to: the last one, or else the next, which may be too small for it. */
  public messageFor(bytes: number): OpenMessage {
    const last = this.messages.at(-1);
    return last !== undefined && last.bytesWith(bytes) <= MAXIMUM_MESSAGE_BYTES ? last : this.nextMessage();
  }

  public nextMessage(): OpenMessage {
    return new OpenMessage({ ...this.start, seq: this.start.seq + this.messages.length, offset: this.nextRow }, this.columns);
  }

  public has(message: OpenMessage): boolean {
    return this.messages.at(-1) === message;
  }

  /** Begins a message. */
  public begin(message: OpenMessage): void {
    this.messages.push(message);
    this.bytes += message.bytes;
  }

  /** Adds a row to a message that `messageFor` gave. */
  public add(message: OpenMessage, text: string, bytes: number): void {
    if (!this.has(message)) {
      this.begin(message);
    }
    const before = message.bytes;
    message.add(text, bytes);
    this.bytes += message.bytes - before;
  }

  /** Where the pack is to be closed before a message is added to; undefined where nowhere. */
  public cutBefore(message: OpenMessage): Cut | undefined {
    if (this.has(message)) {
      return undefined;
    }
    return this.messages.length === MAX_MESSAGES_PER_BATCH ? this.lastCut() : this.fullCut(this.tryAt * (1 - WORTHWHILE));
  }

  /** Where the pack is to be closed; undefined while more fits into it, or it has less than so many bytes. */
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

  /** As much of it as fits into a packed message. */
  public lastCut(): Cut {
    const all = this.cut();
    return this.fits(all) ? all : this.largestCut(all);
  }

  /** The rows that a cut leaves. */
  public textsAfter({ rows }: Cut): string[] {
    return this.messages.flatMap((message) => message.textsFrom(rows - this.rowsBefore(message)));
  }

  /** The messages of the first rows; the first message is always in. */
  private cut(rows = this.nextRow - this.start.offset): Cut {
    const messages = this.messages
      .filter((message, index) => index === 0 || this.rowsBefore(message) < rows)
      .map((message) => message.text(rows - this.rowsBefore(message)));
    const lengths = messages.map((message) => Buffer.byteLength(message));
    const bytes = lengths.reduce((sum, length) => sum + length, 0);
    return { rows, messages, bytes, batch: { offset: this.start.offset, lengths, data: compress(messages) } };
  }

  /** A message alone always fits: it is sent as it is. */
  private fits({ messages, batch }: Cut): boolean {
    return messages.length === 1 || batch.data.length <= this.room;
  }

  private isEnough({ batch }: Cut): boolean {
    return batch.data.length >= ENOUGH * this.room;
  }

  /** How many bytes fill the pack, if it goes on as since the last try. */
  private guess({ bytes, batch }: Cut): number {
    const before = this.fitting ?? { bytes: 0, batch: { data: { length: 0 } } };
    const density = Math.max(batch.data.length - before.batch.data.length, 1) / Math.max(bytes - before.bytes, 1);
    return bytes + Math.max((AIM * this.room - batch.data.length) / density, 1);
  }

  /** The largest part that fits, or nearly: what is between two sizes is guessed by where the aim is between them. */
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
