import { StatementResult } from './result-pages';
import { SqlParameter } from '../engine/sql-engine';

export type StatementStatus = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

/** The validated input of ExecuteStatement. */
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

/** A statement and its status. */
export interface Statement {
  readonly id: string;
  readonly input: ExecuteStatementInput;
  /** ARN of the role session that started the statement. */
  readonly principal: string;
  readonly queryId: number;
  readonly createdAt: number;
  readonly stop: AbortController;
  /** Settles when the statement is finished, failed or aborted. */
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

/** Whether the status is final. */
export function hasEnded(statement: Statement): boolean {
  return statement.status === 'FINISHED' || statement.status === 'FAILED' || statement.status === 'ABORTED';
}

/** Returns the role of an assumed-role ARN. */
export function roleName(principal: string): string {
  const [, role] = /:assumed-role\/([^/]+)\//.exec(principal) ?? [];
  return role ?? principal;
}

/** Returns the database user of a statement. */
export function databaseUser(input: ExecuteStatementInput, principal: string): string | undefined {
  if (input.SecretArn !== undefined) return undefined;
  return input.DbUser ?? `IAMR:${roleName(principal)}`;
}
