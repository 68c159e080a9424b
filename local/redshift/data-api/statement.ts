import { StatementResult } from './result-pages';
import { SqlParameter } from '../engine/sql-engine';

export type StatementStatus = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

/** The input of ExecuteStatement, once it has been validated. */
export interface ExecuteStatementInput {
  readonly Sql: string;
  readonly ClusterIdentifier?: string;
  readonly WorkgroupName?: string;
  readonly SecretArn?: string;
  readonly DbUser?: string;
  readonly Database?: string;
  readonly WithEvent?: boolean;
  readonly StatementName?: string;
  readonly Parameters?: readonly SqlParameter[];
  readonly ClientToken?: string;
  readonly ResultFormat?: string;
  readonly SessionKeepAliveSeconds?: number;
  readonly SessionId?: string;
  readonly WaitTimeSeconds?: number;
}

/** One statement and what has become of it. */
export interface Statement {
  readonly id: string;
  readonly input: ExecuteStatementInput;
  /** ARN of the role session that started it. */
  readonly principal: string;
  readonly queryId: number;
  readonly createdAt: number;
  readonly stop: AbortController;
  /** Settles when the statement has ended. */
  ended: Promise<void>;
  status: StatementStatus;
  updatedAt: number;
  startedAt?: number;
  /** Nanoseconds. */
  duration?: number;
  error?: string;
  hasResultSet: boolean;
  rowCount: number;
  result?: StatementResult;
}

/** Whether the statement will not change any more. */
export function hasEnded(statement: Statement): boolean {
  return statement.status === 'FINISHED' || statement.status === 'FAILED' || statement.status === 'ABORTED';
}

/** The role of an assumed-role ARN, without the session; a statement belongs to the role. */
export function roleName(principal: string): string {
  const [, role] = /:assumed-role\/([^/]+)\//.exec(principal) ?? [];
  return role ?? principal;
}

/** The database user that a statement runs as. */
export function databaseUser(input: ExecuteStatementInput, principal: string): string | undefined {
  if (input.SecretArn !== undefined) return undefined;
  return input.DbUser ?? `IAMR:${roleName(principal)}`;
}
