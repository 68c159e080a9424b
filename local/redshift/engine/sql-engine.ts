/** A named parameter. The database converts its value from a string to the expected type. */
export interface SqlParameter {
  readonly name: string;
  readonly value: string;
}

/** A column of a result. */
export interface SqlColumn {
  readonly name: string;
  readonly typeOid: number;
  /** `atttypmod` in PostgreSQL; -1 if the type has no modifier. */
  readonly typeModifier: number;
  readonly schemaName: string;
  readonly tableName: string;
  /** As in JDBC: 0 no, 1 yes, 2 unknown. */
  readonly nullable: 0 | 1 | 2;
  readonly defaultExpression?: string;
}

/** The result of a statement. Values are strings, so numbers keep all digits. */
export interface SqlResult {
  /** Undefined if the statement has no result set. */
  readonly columns?: readonly SqlColumn[];
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>;
  /** Number of rows returned or changed; -1 if unknown. */
  readonly rowCount: number;
}

/** Options of a statement. */
export interface RunOptions {
  /** Stops the statement, even while it is queued. */
  readonly signal?: AbortSignal;
  /** Called when the statement starts. */
  readonly onStart?: () => void;
}

/** A database that runs Redshift SQL. */
export interface SqlEngine {
  /**
   * Runs a statement. Throws `SqlError` if the statement fails, or the reason of the signal if it is stopped.
   */
  run(sql: string, parameters: readonly SqlParameter[], options?: RunOptions): Promise<SqlResult>;
  close(): Promise<void>;
}

/** An error of the database. */
export class SqlError extends Error {
  constructor(message: string, readonly code = 'XX000', readonly detail?: string, readonly hint?: string) {
    super(message);
    this.name = 'SqlError';
  }
}
