import type { Connection } from '../connection/connection';
import type { QueryExecution } from '../execution/query-execution';

/** The query executions of a client that have not ended, in the order in which the caller submitted them. */
export class ExecutionRegistry {
  private readonly executions = new Set<QueryExecution>();
  private readonly byId = new Map<string, QueryExecution>();

  /** Number of queries in flight. */
  public get inFlight(): number {
    return this.byId.size;
  }

  public add(execution: QueryExecution): void {
    this.executions.add(execution);
  }

  public delete(execution: QueryExecution): void {
    this.executions.delete(execution);
  }

  /** Adds a query to those in flight. */
  public setId(execution: QueryExecution, id: string): void {
    this.byId.set(id, execution);
  }

  public deleteId(id: string): void {
    this.byId.delete(id);
  }

  public withId(id: string): QueryExecution | undefined {
    return this.byId.get(id);
  }

  /** Returns the queries in flight that receive a result. */
  public withResult(result: string | undefined): QueryExecution[] {
    return result === undefined ? [] : this.findInFlight((execution) => execution.receiver.result === result);
  }

  public findInFlight(matches: (execution: QueryExecution) => boolean | undefined): QueryExecution[] {
    return [...this.byId.values()].filter(matches);
  }

  public some(matches: (execution: QueryExecution) => boolean): boolean {
    return some(this.executions, matches);
  }

  public someInFlight(matches: (execution: QueryExecution) => boolean): boolean {
    return some(this.byId.values(), matches);
  }

  /** Returns whether a query uses a connection, or is moving away from it. */
  public isUsed(connection: Connection): boolean {
    return this.some((execution) => execution.uses(connection));
  }

  /** Iterates over the queries that have not ended, including those that are added meanwhile. */
  public [Symbol.iterator](): IterableIterator<QueryExecution> {
    return this.executions.values();
  }
}

/** Like `Array.some()`, without a copy, because the client calls it for each message. */
function some<T>(values: Iterable<T>, matches: (value: T) => boolean): boolean {
  for (const value of values) {
    if (matches(value)) {
      return true;
    }
  }
  return false;
}
