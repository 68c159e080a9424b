import { DynamoDbResults } from '../../../src/runtime/aws/dynamodb/dynamodb-results';
import type { DynamoDbTable } from '../../../src/runtime/aws/dynamodb/dynamodb-table';
import type { Clock, ResultChunk, Results } from '../../../src/runtime/model/ports';
import type { Fetched, Run } from '../../../src/runtime/model/run';
import type { StoredBatches } from '../../../src/runtime/model/stored-batches';
import { memoryBucket } from '../../support/memory/memory-bucket';
import type { Counts } from '../counts';

/** Stored batches; counts how often a worker met what a crashed one had stored. Every call is that of a function that has just started. */
export class RecordedResults implements Results {
  private readonly bucket = memoryBucket();

  constructor(private readonly table: DynamoDbTable, private readonly clock: Clock, private readonly counts: Counts) {}

  public async store(run: Pick<Run, 'run' | 'expiresAt'>, chunk: ResultChunk): Promise<Fetched> {
    const after = await this.results().store(run, chunk);
    if (after !== chunk.after) {
      this.counts.add(after.seq === chunk.after.seq && after.bytes === chunk.after.bytes ? 'the same chunk stored again' : 'another chunk stored before');
    }
    return after;
  }

  public async find(run: string, seq: number): Promise<StoredBatches | undefined> {
    return this.results().find(run, seq);
  }

  private results(): DynamoDbResults {
    return new DynamoDbResults(this.table, this.bucket, this.clock);
  }
}
