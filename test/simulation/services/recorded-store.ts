import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import type { Lease } from '../../../src/runtime/model/ports';
import type { Run } from '../../../src/runtime/model/run';

/** The table, which remembers what became of each run, removed ones too. */
export class RecordedStore extends DynamoDbStore {
  private readonly runs = new Map<string, Run>();
  private readonly removed = new Set<string>();
  private readonly closed = new Set<string>();
  private readonly cachedRuns = new Set<string>();

  /** A run as it was last written. */
  public lastKnown(run: string): Run | undefined {
    return this.runs.get(run);
  }

  public isRemoved(run: string): boolean {
    return this.removed.has(run);
  }

  /** Whether a run has ever been closed, since all had left it. */
  public wasClosed(run: string): boolean {
    return this.closed.has(run);
  }

  /** Whether a run has ever been the cached run of its query request. */
  public wasCached(run: string): boolean {
    return this.cachedRuns.has(run);
  }

  public override async setCachedRun(cacheKey: string, run: string, previous: string | undefined, expiresAt: number): Promise<boolean> {
    const pointed = await super.setCachedRun(cacheKey, run, previous, expiresAt);
    if (pointed) {
      this.cachedRuns.add(run);
    }
    return pointed;
  }

  public override async createRun(run: Run, lease?: Lease): Promise<void> {
    await super.createRun(run, lease);
    this.runs.set(run.run, run);
    this.removed.delete(run.run);
  }

  public override async saveRun(run: string, lease: Lease, changes: Partial<Run>, release?: boolean): Promise<boolean> {
    const saved = await super.saveRun(run, lease, changes, release);
    if (saved) {
      this.runs.set(run, { ...this.runs.get(run)!, ...changes });
      if (changes.state === 'closed') {
        this.closed.add(run);
      }
    }
    return saved;
  }

  public override async removeRun(run: string, lease?: Lease): Promise<void> {
    await super.removeRun(run, lease);
    if (await this.run(run) === undefined) {
      this.removed.add(run);
    }
  }
}
