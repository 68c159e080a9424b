import type { Counts } from './counts';
import type { Piece } from '../../src/runtime/ports';
import type { Fetched, Run } from '../../src/runtime/run';
import { MemoryResults } from '../support/memory-store';

/** Kept packs, which count how often a worker met what another, now dead, had kept. */
export class RecordedResults extends MemoryResults {
  constructor(now: () => number, private readonly counts: Counts) {
    super(now);
  }

  public override async keep(run: Pick<Run, 'run' | 'expiresAt'>, piece: Piece): Promise<Fetched> {
    const after = await super.keep(run, piece);
    if (after !== piece.after) {
      this.counts.add(after.seq === piece.after.seq && after.bytes === piece.after.bytes ? 'the same kept again' : 'something else had been kept');
    }
    return after;
  }
}
