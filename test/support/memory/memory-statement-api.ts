import type { Cell, ResultPage, StartedStatement, StatementDescription, StatementToStart, StatementApi } from '../../../src/runtime/model/ports';

const RUNNING: StatementDescription = { state: 'running', hasResultSet: false, runningMs: 0 };
const ABORTED: StatementDescription = { state: 'aborted', hasResultSet: false, runningMs: 0 };

/** The end of a statement that took 40 ms and has a result. */
export const FINISHED: StatementDescription = { state: 'finished', hasResultSet: true, runningMs: 40 };

/** A `StatementApi` in memory, whose statements run until a test ends them; all have the same result. */
export class MemoryStatementApi implements StatementApi {
  public readonly started: StatementToStart[] = [];
  /** The runs whose statements were canceled while they ran. */
  public readonly cancelled: string[] = [];
  public columns = [{ name: 'day', type: 'date' }, { name: 'trips', type: 'int8' }];
  public pages: Cell[][][] = [[['2015-01-01', 5], ['2015-01-02', 7]]];
  /** Ends each statement that is started with a wait, during the wait. Without it, the wait ends first. */
  public endOfWait?: StatementDescription;
  /** How many pages were fetched. */
  public fetches = 0;
  private readonly ends = new Map<string, StatementDescription>();

  /** The runs whose statements are still running. */
  public get running(): string[] {
    return this.started.map(({ run }) => run).filter((run) => !this.ends.has(run));
  }

  /** Ends the statement of a run. */
  public end(run: string, description = FINISHED): void {
    this.ends.set(run, description);
  }

  public async start(statement: StatementToStart, waitSeconds = 0): Promise<StartedStatement> {
    const { run } = statement;
    if (!this.started.some((started) => started.run === run)) {
      this.started.push(statement);
    }
    if (waitSeconds > 0 && this.endOfWait !== undefined && this.running.includes(run)) {
      this.end(run, this.endOfWait);
    }
    return { statementId: statementId(run), description: waitSeconds > 0 ? this.ends.get(run) : undefined };
  }

  public async cancel(id: string): Promise<void> {
    const run = this.running.find((running) => statementId(running) === id);
    if (run !== undefined) {
      this.ends.set(run, ABORTED);
      this.cancelled.push(run);
    }
  }

  public async describe(id: string): Promise<StatementDescription> {
    const ended = [...this.ends].find(([run]) => statementId(run) === id);
    return ended?.[1] ?? RUNNING;
  }

  public async fetchPage(_statementId: string, token = '0'): Promise<ResultPage> {
    this.fetches += 1;
    const next = Number(token) + 1;
    return { columns: this.columns, rows: this.pages[Number(token)], nextToken: next < this.pages.length ? String(next) : undefined };
  }
}

/** The id of the statement of a run. */
export function statementId(run: string): string {
  return `statement of ${run}`;
}
