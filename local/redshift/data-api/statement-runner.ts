import * as crypto from 'crypto';
import { RedshiftDataLimits } from './limits';
import { encodeResult } from './result-pages';
import { ServiceError } from './service-error';
import { ExecuteStatementInput, hasEnded, Statement, StatementStatus } from './statement';
import { SqlEngine, SqlError, SqlResult } from '../engine/sql-engine';

/** Dependencies of the runner. */
export interface RunnerOptions {
  readonly engine: SqlEngine;
  readonly limits: RedshiftDataLimits;
  readonly now: () => number;
  /** Called once for each statement, when it is finished, failed or aborted. */
  readonly onEnd: (statement: Statement) => void;
}

const CANCELED = "Query cancelled on user's request";
const TIMED_OUT = 'Query timed out';

/** Runs statements and retains them until their results expire. */
export class StatementRunner {
  private readonly statements = new Map<string, Statement>();
  private lastQueryId = 1000;

  constructor(private readonly options: RunnerOptions) {}

  /** Starts a statement. */
  public start(input: ExecuteStatementInput, principal: string): Statement {
    this.removeExpired();
    this.checkActiveStatements();
    const now = this.options.now();
    this.lastQueryId += 1;
    const statement: Statement = {
      id: crypto.randomUUID(),
      input,
      principal,
      queryId: this.lastQueryId,
      createdAt: now,
      updatedAt: now,
      stop: new AbortController(),
      ended: Promise.resolve(),
      status: 'SUBMITTED',
      hasResultSet: false,
      rowCount: -1,
    };
    this.statements.set(statement.id, statement);
    statement.ended = this.run(statement);
    return statement;
  }

  /** Finds a statement that hasn't expired. */
  public find(id: string): Statement | undefined {
    this.removeExpired();
    return this.statements.get(id);
  }

  /** All retained statements, newest first. */
  public list(): Statement[] {
    this.removeExpired();
    return [...this.statements.values()].reverse();
  }

  /** Aborts a statement. The status changes before the database stops. */
  public cancel(statement: Statement): void {
    statement.error = CANCELED;
    this.end(statement, 'ABORTED');
    statement.stop.abort(new Error(CANCELED));
  }

  /** Aborts all statements without events. */
  public async close(): Promise<void> {
    const running = this.list().filter((statement) => !hasEnded(statement));
    this.statements.clear();
    for (const statement of running) {
      statement.status = 'ABORTED';
      statement.stop.abort(new Error('the local AWS is closed'));
    }
    await Promise.all(running.map((statement) => statement.ended));
  }

  /** Time at which the result of a statement expires. */
  public expiresAt(statement: Statement): number {
    return statement.updatedAt + this.options.limits.resultMilliseconds;
  }

  private async run(statement: Statement): Promise<void> {
    const timer = setTimeout(() => this.timeOut(statement), Math.min(this.options.limits.statementMilliseconds, 2147483647));
    timer.unref();
    // ExecuteStatement returns before the statement starts.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      this.move(statement, 'PICKED');
      const result = await this.options.engine.run(statement.input.Sql, statement.input.Parameters ?? [], {
        signal: statement.stop.signal,
        onStart: () => this.move(statement, 'STARTED'),
      });
      if (!hasEnded(statement)) this.finish(statement, result);
    } catch (error) {
      if (!hasEnded(statement)) {
        statement.error = errorMessage(error);
        this.end(statement, 'FAILED');
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private move(statement: Statement, status: StatementStatus): void {
    if (hasEnded(statement)) return;
    statement.status = status;
    statement.updatedAt = this.options.now();
    if (status === 'STARTED') statement.startedAt = performance.now();
  }

  private finish(statement: Statement, result: SqlResult): void {
    statement.hasResultSet = result.columns !== undefined;
    statement.rowCount = result.rowCount;
    if (result.columns) {
      const encoded = encodeResult(result.columns, result.rows);
      const { resultBytes, rowBytes } = this.options.limits;
      if (encoded.bytes > resultBytes) throw new SqlError(`the result exceeds the limit of the Data API: ${resultBytes} bytes`, '54000');
      if (encoded.largestRow > rowBytes) throw new SqlError(`a row of the result exceeds the limit of the Data API: ${rowBytes} bytes`, '54000');
      statement.result = encoded;
    }
    this.end(statement, 'FINISHED');
  }

  private end(statement: Statement, status: StatementStatus): void {
    if (status !== 'FINISHED') {
      statement.hasResultSet = false;
      statement.rowCount = -1;
    }
    statement.status = status;
    statement.updatedAt = this.options.now();
    const elapsed = statement.startedAt === undefined ? 0 : performance.now() - statement.startedAt;
    statement.duration = Math.round(elapsed * 1000000);
    this.options.onEnd(statement);
  }

  private timeOut(statement: Statement): void {
    if (hasEnded(statement)) return;
    statement.error = TIMED_OUT;
    this.end(statement, 'ABORTED');
    statement.stop.abort(new Error(TIMED_OUT));
  }

  private checkActiveStatements(): void {
    const active = [...this.statements.values()].filter((statement) => !hasEnded(statement)).length;
    if (active >= this.options.limits.activeStatements) {
      throw new ServiceError('ActiveStatementsExceededException', `Active statements exceeded the allowed quota (${this.options.limits.activeStatements}).`);
    }
  }

  private removeExpired(): void {
    const now = this.options.now();
    for (const statement of this.statements.values()) {
      if (hasEnded(statement) && this.expiresAt(statement) <= now) this.statements.delete(statement.id);
    }
  }
}

function errorMessage(error: unknown): string {
  if (!(error instanceof SqlError)) return `ERROR: ${error instanceof Error ? error.message : String(error)}`;
  const lines = [`ERROR: ${error.message}`];
  if (error.detail) lines.push(`Detail: ${error.detail}`);
  if (error.hint) lines.push(`Hint: ${error.hint}`);
  return lines.join('\n  ');
}
