import type { CallRounds } from './call-rounds';
import { Interruption } from './interventions';
import type { InterruptionKind } from './interventions';
import { memoryBucket } from './memory-bucket';
import { MemoryConnections } from './memory-connections';
import { MemoryDocuments } from './memory-documents';
import { MemoryQueue } from './memory-queue';
import type { Received } from './memory-queue';
import { MemoryStatementApi, statementId } from './memory-statement-api';
import { DynamoDbResults } from '../../../src/runtime/aws/dynamodb/dynamodb-results';
import { DynamoDbStore } from '../../../src/runtime/aws/dynamodb/dynamodb-store';
import { DynamoDbTable } from '../../../src/runtime/aws/dynamodb/dynamodb-table';
import { isCanceledInAdvance } from '../../../src/runtime/aws/dynamodb/leased-items';
import { processJob } from '../../../src/runtime/delivery/process-job';
import type { Job } from '../../../src/runtime/model/jobs';
import type { StatementDescription } from '../../../src/runtime/model/ports';
import type { Queries } from '../../../src/runtime/model/query-request';
import { RecentRejections } from '../../../src/runtime/model/recent-rejections';
import type { ConnectServices, MessageServices, Services } from '../../../src/runtime/model/services';
import type { StatementTarget } from '../../../src/runtime/model/statement-target';

const LIMITS = { timeoutSeconds: 900, reconnectGraceSeconds: 10, resultReuseSeconds: 0, resultRetentionSeconds: 3600 };

export const QUERIES: Queries = {
  default: {
    sql: 'SELECT :trip_month',
    parameters: { trip_month: { kind: 'string', minLength: 7, maxLength: 7, pattern: '^\\d{4}-(0[1-9]|1[0-2])$' } },
    ...LIMITS,
  },
  everything: { sql: 'SELECT 1', parameters: {}, ...LIMITS },
  reused: { sql: 'SELECT 2', parameters: {}, ...LIMITS, resultReuseSeconds: 60 },
  shortTimeout: { sql: 'SELECT 3', parameters: {}, ...LIMITS, timeoutSeconds: 2 },
};

/** The result of `unfinished` when no work is left. */
export const NOTHING = { requests: [], statements: [], jobs: [] };

const CALLS = {
  store: [
    'createRequest', 'moveRequest', 'slotsInUse', 'endRequest', 'requests', 'acquireRequest', 'takeOverRequest', 'cancelInAdvance', 'saveRequest', 'allowMore', 'storeEarlyCredit', 'earlyCredits', 'removeRequest',
    'createIdentity', 'identity', 'removeIdentity', 'cachedRun', 'expireCachedRun',
    'run', 'acquireRun', 'saveRun', 'removeRun', 'unsubscribe', 'subscribers',
  ],
  results: ['store', 'find'],
  statementApi: ['start', 'describe', 'fetchPage', 'cancel'],
} as const;

/** The core's services in memory, on a clock that stands until a test moves it. */
export class MemoryServices implements Services, MessageServices, ConnectServices {
  public time = 1_000_000;
  public queries = QUERIES;
  public target: StatementTarget = { databaseName: 'dev', workgroupName: 'analytics' };
  public readonly statementApi = new MemoryStatementApi();
  public readonly clock = { now: () => this.time };
  public readonly documents = new MemoryDocuments();
  public readonly table = new DynamoDbTable(this.documents.client(), 'table', this.clock);
  public readonly store = new DynamoDbStore(this.table);
  public readonly results = new DynamoDbResults(this.table, memoryBucket(), this.clock);
  public readonly connections = new MemoryConnections();
  public readonly queue = new MemoryQueue(() => this.time);
  public readonly deadLetters = { add: async (message: string) => void this.queue.deadLetters.push(JSON.parse(message)) };
  public readonly recentRejections = new RecentRejections(this.clock);
  public inlineWaitSeconds?: number;
  public maxQueriesPerConnection = 20;
  public maxQueriesPerCaller?: number;
  public identifiesCallers = false;
  public readonly throttle = { messagesPerSecond: 1000, burst: 2000 };
  public allowedOrigins?: readonly string[];
  public credentialKeys: readonly string[] = [];
  public readonly entries: Parameters<Services['log']>[0][] = [];
  private names = 0;
  private functionCrashes: () => void = () => undefined;

  public readonly log: Services['log'] = (entry) => void this.entries.push(entry);
  public readonly newName = () => `name-${this.names += 1}`;

  /** The deadline of a function that starts now. */
  public deadline(seconds = 60): number {
    return this.time + seconds * 1000;
  }

  /** Does the first job of the queue, when its delay is over, as SendMessage does; the job of a crashed function returns to the queue. */
  public async doNextJob(seconds?: number): Promise<Job> {
    const next = this.queue.receive();
    this.time = Math.max(this.time, next.at);
    const crashed = new Promise<false>((resolve) => this.functionCrashes = () => resolve(false));
    if (!await Promise.race([this.isDone(next, this.deadline(seconds)), crashed])) {
      this.queue.returnJob(next);
    }
    return next.job;
  }

  private async isDone({ job }: Received, deadline: number): Promise<boolean> {
    try {
      await processJob(this, job, deadline);
      return true;
    } catch (error) {
      this.log({ level: 'warn', event: 'message_returned', reason: String(error) });
      return false;
    }
  }

  /** The running function crashes: nothing that waits for this continues. */
  public async crash(): Promise<never> {
    this.functionCrashes();
    return new Promise<never>(() => undefined);
  }

  /** Runs the work of a function that is not SendMessage, until it ends or crashes. */
  public async untilDone(work: () => Promise<unknown>): Promise<void> {
    const crashed = new Promise<void>((resolve) => this.functionCrashes = resolve);
    await Promise.race([work(), crashed]);
  }

  /** Processes the jobs that are due within a time. */
  public async passSeconds(seconds: number): Promise<void> {
    const end = this.time + seconds * 1000;
    while (this.queue.waiting.length > 0 && this.queue.waiting[0].at <= end) {
      await this.doNextJob();
    }
    this.time = Math.max(this.time, end);
  }

  /** Ends the statement of a run, and takes its event to SendMessage as the rule and the queue do. */
  public async statementEnded(run: string, description?: StatementDescription): Promise<void> {
    this.statementApi.end(run, description);
    await this.eventArrives(run);
  }

  /** Sends the event of a statement to SendMessage, again or with any content. */
  public async eventArrives(run: string): Promise<void> {
    await this.queue.send(eventJob(run));
    await this.passSeconds(0);
  }

  /** Interrupts one of the calls of all ports. */
  public interrupt(kind: InterruptionKind, nthCall: number): Interruption {
    const interruption = new Interruption(kind, nthCall, async () => this.crash());
    CALLS.store.forEach((method) => interruption.watch(this.store, method));
    CALLS.results.forEach((method) => interruption.watch(this.results, method));
    CALLS.statementApi.forEach((method) => interruption.watch(this.statementApi, method));
    interruption.watch(this.connections, 'post');
    interruption.watch(this.connections, 'close');
    interruption.watch(this.queue, 'send');
    interruption.watch(this.queue, 'sendAll');
    return interruption;
  }

  /** Holds the calls of all ports in rounds. */
  public watchCalls(rounds: CallRounds): void {
    rounds.watch(this.store, ...CALLS.store);
    rounds.watch(this.results, ...CALLS.results);
    rounds.watch(this.statementApi, ...CALLS.statementApi);
    rounds.watch(this.connections, 'post', 'close');
    rounds.watch(this.queue, 'send', 'sendAll');
  }

  /** The keys of the stored items. */
  public storedKeys(): string[] {
    return this.documents.items().map(keyOf);
  }

  /** Deletes the expired items, as DynamoDB does. */
  public purge(): void {
    this.documents.purge(Math.floor(this.time / 1000));
  }

  /** The stored requests, the running statements, and the waiting jobs. */
  public unfinished() {
    const requests = this.documents.items().filter((item) => !isCanceledInAdvance(item)).map(keyOf).filter((key) => key.includes(' request#'));
    return { requests, statements: this.statementApi.running, jobs: this.queue.jobs };
  }
}

function keyOf({ partitionKey, sortKey }: Readonly<Record<string, unknown>>): string {
  return `${String(partitionKey)} ${String(sortKey)}`;
}

/** The job of the event of a run's statement. */
export function eventJob(run: string): Job {
  return { type: 'run', run, statementId: statementId(run), finished: true, attempt: 1 };
}
