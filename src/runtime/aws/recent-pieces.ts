import type { KeptMessages } from '../ports';

/** Kept messages of one run, and when they expire, in seconds since the epoch. */
export interface Piece extends KeptMessages {
  readonly run: string;
  readonly expiresAt: number;
}

/** The pieces that were used last, up to so many bytes: they never change, and a thousand viewers read the same one. */
export class RecentPieces {
  /** The pieces and their bytes, the one that was used last at the end. */
  private readonly pieces = new Map<Piece, number>();
  private bytes = 0;

  constructor(private readonly maximumBytes: number) {}

  /** The piece that has the message of this number. */
  public find(run: string, seq: number): Piece | undefined {
    const found = this.first((piece) => piece.run === run && has(piece, seq));
    if (found !== undefined) {
      this.push(found, this.remove(found));
    }
    return found;
  }

  public add(piece: Piece): void {
    const previous = this.first(({ run, seq }) => run === piece.run && seq === piece.seq);
    if (previous !== undefined) {
      this.remove(previous);
    }
    this.push(piece, piece.messages.reduce((bytes, message) => bytes + Buffer.byteLength(message), 0));
    for (const oldest of this.pieces.keys()) {
      if (this.bytes <= this.maximumBytes) {
        return;
      }
      this.remove(oldest);
    }
  }

  private first(isWanted: (piece: Piece) => boolean): Piece | undefined {
    return [...this.pieces.keys()].find(isWanted);
  }

  private push(piece: Piece, bytes: number): void {
    this.pieces.set(piece, bytes);
    this.bytes += bytes;
  }

  private remove(piece: Piece): number {
    const bytes = this.pieces.get(piece)!;
    this.pieces.delete(piece);
    this.bytes -= bytes;
    return bytes;
  }
}

/** Whether the message of this number is among those. */
export function has({ seq: first, messages }: KeptMessages, seq: number): boolean {
  return first <= seq && seq < first + messages.length;
}
