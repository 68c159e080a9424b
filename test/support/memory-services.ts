import type { ServerMessage } from '../../src/protocol/messages';
import type { Job } from '../../src/runtime/jobs';
import { ConnectionGone } from '../../src/runtime/ports';
import type { Cell, Claim, Connections, Queue, ResultPage, StatementDescription, StatementToStart, Store, Warehouse } from '../../src/runtime/ports';
import type { Queries } from '../../src/runtime/question';
import type { Lease, Run, RunProgress } from '../../src/runtime/run';
import { sendMessage } from '../../src/runtime/send-message';
import type { Services } from '../../src/runtime/services';

const COLUMNS = [{ name: 'day', type: 'date' }, { name: 'trips', type: 'int8' }];

/** A warehouse that holds its statements in memory; a test ends them. */
export class MemoryWarehouse implements Warehouse {
  public readonly started: StatementToStart[] = [];
  public description: StatementDescription = { state: 'finished', hasResultSet: true, runningMs: 40 };
  public columns = COLUMNS;
  public pages: Cell[][][] = [[['2015-01-01', 5], ['2015-01-02', 7]]];
  /** Thrown by the next calls, one each; undefined lets a call through. */
  public readonly errors: (Error | undefined)[] = [];
  public fetched = 0;

  public async start(statement: StatementToStart): Promise<void> {
    this.fail();
    this.started.push(statement);
  }

  public async describe(): Promise<StatementDescription> {
    this.fail();
    return this.description;
  }

  public async fetchPage(_statementId: string, token = '0'): Promise<ResultPage> {
    this.fail();
    this.fetched += 1;
    const next = Number(token) + 1;
    return { columns: this.columns, rows: this.pages[Number(token)], nextToken: next < this.pages.length ? String(next) : undefined };
  }

  private fail(): void {
    const error = this.errors.shift();
    if (error) {
      throw error;
    }
  }
}

interface Stored {
  run: Run;
  leaseUntil?: number;
}

export class MemoryStore implements Store {
  public readonly runs = new Map<string, Stored>();
  public readonly requests = new Map<string, string>();

  constructor(private readonly now: () => number) {}

  public async create(run: Run): Promise<boolean> {
    const key = `${run.connectionId} ${run.id}`;
    if (this.requests.has(key)) {
      return false;
    }
    this.requests.set(key, run.run);
    this.runs.set(run.run, { run });
    return true;
  }

  public async claim(run: string, until: number): Promise<Claim> {
    const stored = this.runs.get(run);
    if (!stored) {
      return { state: 'missing' };
    }
    if (stored.leaseUntil !== undefined && stored.leaseUntil >= this.now()) {
      return { state: 'held' };
    }
    stored.leaseUntil = until;
    return { state: 'claimed', run: stored.run, lease: { run, until } };
  }

  public async save(lease: Lease, progress: RunProgress): Promise<boolean> {
    const stored = this.runs.get(lease.run);
    if (stored?.leaseUntil !== lease.until) {
      return false;
    }
    stored.run = { ...stored.run, progress };
    return true;
  }

  public async release(lease: Lease, progress: RunProgress): Promise<void> {
    if (await this.save(lease, progress)) {
      delete this.runs.get(lease.run)!.leaseUntil;
    }
  }

  public async removeRequest(run: Run): Promise<void> {
    if (this.requests.get(`${run.connectionId} ${run.id}`) === run.run) {
      this.requests.delete(`${run.connectionId} ${run.id}`);
    }
  }

  public async remove(run: Run): Promise<void> {
    this.runs.delete(run.run);
    await this.removeRequest(run);
  }

  public async removeConnection(connectionId: string): Promise<number> {
    const keys = [...this.requests.keys()].filter((key) => key.startsWith(`${connectionId} `));
    for (const key of keys) {
      this.runs.delete(this.requests.get(key)!);
      this.requests.delete(key);
    }
    return keys.length;
  }
}

/** Connections that are open, closed or not open yet; what was posted to each is kept. */
export class MemoryConnections implements Connections {
  public readonly open = new Set<string>();
  public readonly posted: { connectionId: string; text: string }[] = [];
  public readonly errors: (Error | undefined)[] = [];

  public async post(connectionId: string, text: string): Promise<void> {
    const error = this.errors.shift();
    if (error) {
      throw error;
    }
    if (!this.open.has(connectionId)) {
      throw new ConnectionGone(connectionId);
    }
    this.posted.push({ connectionId, text });
  }

  public messages(connectionId: string): ServerMessage[] {
    return this.posted.filter((post) => post.connectionId === connectionId).map(({ text }) => JSON.parse(text));
  }
}

export class MemoryQueue implements Queue {
  public readonly jobs: { job: Job; delaySeconds: number }[] = [];

  public async send(job: Job, delaySeconds = 0): Promise<void> {
    this.jobs.push({ job, delaySeconds });
  }
}

export const QUERIES: Queries = {
  default: {
    sql: 'SELECT :trip_month',
    parameters: { trip_month: { kind: 'string', minLength: 7, maxLength: 7, pattern: '^\\d{4}-(0[1-9]|1[0-2])$' } },
  },
  everything: { sql: 'SELECT 1', parameters: {} },
};

/** The core's services in memory, on a clock that stands until a test moves it. */
export class MemoryServices implements Services {
  public time = 1_000_000;
  public readonly queries = QUERIES;
  public readonly warehouse = new MemoryWarehouse();
  public readonly store = new MemoryStore(() => this.time);
  public readonly connections = new MemoryConnections();
  public readonly queue = new MemoryQueue();
  public readonly clock = { now: () => this.time };
  public readonly entries: Parameters<Services['log']>[0][] = [];
  private runs = 0;

  public readonly log: Services['log'] = (entry) => void this.entries.push(entry);
  public readonly newRunName = () => `run-${this.runs += 1}`;

  /** What SendMessage would have until its end. */
  public deadline(): number {
    return this.time + 60_000;
  }

  /** Does the first job of the queue, when its delay is over. */
  public async doNextJob(): Promise<Job> {
    const next = this.queue.jobs.shift();
    if (!next) {
      throw new Error('the queue is empty');
    }
    this.time += next.delaySeconds * 1000;
    await sendMessage(this, next.job, this.deadline());
    return next.job;
  }
}
