/** A named parameter; its value is a string, which the database converts where the SQL expects another type. */
export interface SqlParameter {
  readonly name: string;
  readonly value: string;
}

/** A column of a result, as the database describes it. */
export interface SqlColumn {
  readonly name: string;
  readonly typeOid: number;
  /** PostgreSQL's `atttypmod`; -1 when the type has no modifier. */
  readonly typeModifier: number;
  readonly schemaName: string;
  readonly tableName: string;
  /** As JDBC counts: 0 no, 1 yes, 2 unknown. */
  readonly nullable: 0 | 1 | 2;
  readonly defaultExpression?: string;
}

/** What one statement answered; every value is the database's own text, so that no digit is lost on the way. */
export interface SqlResult {
  /** Absent when the statement has no result set. */
  readonly columns?: readonly SqlColumn[];
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>;
  /** Rows returned or changed; -1 when the statement counts none. */
  readonly rowCount: number;
}

/** How to follow and to stop a statement. */
export interface RunOptions {
  /** Stops the statement, also while it waits for its turn. */
  readonly signal?: AbortSignal;
  /** Called when the statement leaves the queue. */
  readonly onStart?: () => void;
}

/** A database that runs Redshift's SQL. */
export interface SqlEngine {
  /**
   * Runs one statement. Rejects with an SqlError when the statement is at fault, and with the signal's reason when it was stopped.
   */
  run(sql: string, parameters: readonly SqlParameter[], options?: RunOptions): Promise<SqlResult>;
  close(): Promise<void>;
}

/** An error in the statement itself, in the database's words. */
export class SqlError extends Error {
  constructor(message: string, readonly code = 'XX000', readonly detail?: string, readonly hint?: string) {
    super(message);
    this.name = 'SqlError';
  }
}
