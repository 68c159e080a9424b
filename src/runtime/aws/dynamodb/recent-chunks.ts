import type { KeptPacks } from '../../model/ports';
import { packWith } from '../../results/message-batch';

/** Kept packs of one run, and when they expire, in seconds since the epoch. */
export interface RecentPiece extends KeptPacks {
  readonly run: string;
  readonly expiresAt: number;
}

/** The pieces that were used last, up to so many bytes: they never change, and a thousand viewers read the same one. */
export class RecentPieces {
  /** The pieces and their bytes, the one that was used last at the end. */
  private readonly pieces = new Map<RecentPiece, number>();
  private bytes = 0;

  constructor(private readonly maximumBytes: number) {}

  /** The piece that has the message of this number. */
  public find(run: string, seq: number): RecentPiece | undefined {
    const found = this.first((piece) => piece.run === run && packWith(piece, seq) !== undefined);
    if (found !== undefined) {
      this.push(found, this.remove(found));
    }
    return found;
  }

  public add(piece: RecentPiece): void {
    const previous = this.first(({ run, seq }) => run === piece.run && seq === piece.seq);
    if (previous !== undefined) {
      this.remove(previous);
    }
    this.push(piece, piece.packs.reduce((bytes, { data }) => bytes + data.length, 0));
    for (const oldest of this.pieces.keys()) {
      if (this.bytes <= this.maximumBytes) {
        return;
      }
      this.remove(oldest);
    }
  }

  private first(isWanted: (piece: RecentPiece) => boolean): RecentPiece | undefined {
    return [...this.pieces.keys()].find(isWanted);
  }

  private push(piece: RecentPiece, bytes: number): void {
    this.pieces.set(piece, bytes);
    this.bytes += bytes;
  }

  private remove(piece: RecentPiece): number {
    const bytes = this.pieces.get(piece)!;
    this.pieces.delete(piece);
    this.bytes -= bytes;
    return bytes;
  }
}
