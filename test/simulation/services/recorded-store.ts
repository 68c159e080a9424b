import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import type { DynamoDbTable } from '../../../src/runtime/aws/dynamodb/dynamodb-table';
import type { Creation, Lease, Move, NewRun } from '../../../src/runtime/model/ports';
import type { Request } from '../../../src/runtime/model/request';
import type { Run } from '../../../src/runtime/model/run';
import type { World } from '../world';

/** How long a transaction takes, in milliseconds: meanwhile no other one can write its records. */
const TRANSACTION_MS = 15;

/** The table, which remembers what became of each run, removed ones too. */
export class RecordedStore extends DynamoDbStore {
  private readonly runs = new Map<string, Run>();
  private readonly removed = new Set<string>();
  private readonly closed = new Set<string>();
  /** When the last transaction for each cache key began. */
  private readonly writtenAt = new Map<string, number>();

  constructor(table: DynamoDbTable, private readonly world: World) {
    super(table);
  }

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

  public override async createRequest(request: Request, lease: Lease, newRun?: NewRun): Promise<Creation> {
    if (newRun !== undefined && this.conflicts(newRun.cacheKey)) {
      return { state: 'taken', isSlotInUse: false };
    }
    const creation = await super.createRequest(request, lease, newRun);
    this.add(creation.state === 'created' ? newRun : undefined);
    return creation;
  }

  public override async moveRequest(request: Request, lease: Lease, from: string, newRun?: NewRun): Promise<Move> {
    const move = await super.moveRequest(request, lease, from, newRun);
    this.add(move === 'moved' ? newRun : undefined);
    return move;
  }

  public override async saveRun(run: string, lease: Lease, changes: Partial<Run>, release?: boolean): Promise<boolean> {
    const saved = await super.saveRun(run, lease, changes, release);
    if (saved) {
      this.runs.set(run, { ...this.runs.get(run)!, ...changes });
      if (changes.isClosed === true) {
        this.closed.add(run);
      }
    }
    return saved;
  }

  public override async removeRun(run: string, lease: Lease): Promise<void> {
    await super.removeRun(run, lease);
    if (await this.run(run) === undefined) {
      this.removed.add(run);
    }
  }

  /** Whether another transaction is writing the run of a cache key, as it can be on AWS. */
  private conflicts(cacheKey: string): boolean {
    const now = this.world.clock.now();
    const conflicts = now - (this.writtenAt.get(cacheKey) ?? -Infinity) <= TRANSACTION_MS;
    if (!conflicts) {
      this.writtenAt.set(cacheKey, now);
    }
    this.world.counts.add(conflicts ? 'transactions in conflict' : 'transactions without conflict');
    return conflicts;
  }

  private add(newRun?: NewRun): void {
    if (newRun !== undefined) {
      this.runs.set(newRun.run.run, newRun.run);
    }
  }
}
