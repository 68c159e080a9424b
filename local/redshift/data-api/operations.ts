import { ClientTokens } from './client-tokens';
import { RedshiftDataLimits } from './limits';
import { pageJson, PageSize } from './result-pages';
import { notFoundError, validationError } from './service-error';
import { databaseUser, ExecuteStatementInput, hasEnded, roleName, Statement } from './statement';
import { StatementRunner } from './statement-runner';
import { StatementWaits } from './statement-waits';
import { TokenBucket } from './token-bucket';
import { usesEvery } from '../engine/named-parameters';
import { hasSeveralStatements } from '../engine/redshift-statement';
import { SqlError } from '../engine/sql-engine';

/** Dependencies of the operations. */
export interface OperationsOptions {
  readonly runner: StatementRunner;
  readonly limits: RedshiftDataLimits;
  readonly pageSize: PageSize;
  readonly now: () => number;
}

interface StatementRequest {
  readonly Id: string;
  readonly NextToken?: string;
  readonly WaitTimeSeconds?: number;
}

interface ListRequest {
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly StatementName?: string;
  readonly Status?: string;
  readonly RoleLevel?: boolean;
  readonly Database?: string;
  readonly ClusterIdentifier?: string;
  readonly WorkgroupName?: string;
}

const NO_RESULT = 'Query does not have result. Please check query status with DescribeStatement.';

/** The operations of the Data API. Each takes a validated input and returns a JSON response. */
export class Operations {
  private readonly buckets: Record<string, TokenBucket>;
  private readonly clientTokens: ClientTokens;
  private readonly waits: StatementWaits;

  constructor(private readonly options: OperationsOptions) {
    const { limits, now } = options;
    this.buckets = {
      ExecuteStatement: new TokenBucket(limits.executeRate, now),
      DescribeStatement: new TokenBucket(limits.describeRate, now),
      GetStatementResult: new TokenBucket(limits.resultRate, now),
      CancelStatement: new TokenBucket(limits.cancelRate, now),
      ListStatements: new TokenBucket(limits.listRate, now),
    };
    this.clientTokens = new ClientTokens(limits.clientTokenMilliseconds, now);
    this.waits = new StatementWaits(limits.waitingRequests);
  }

  /** Whether the operation is supported. */
  public has(operation: string): boolean {
    return Object.hasOwn(this.buckets, operation);
  }

  /** Throws if the rate limit of the operation is exceeded. */
  public throttle(operation: string): void {
    this.buckets[operation].take();
  }

  /** Runs an operation. */
  public async respond(operation: string, input: unknown, principal: string, gone: AbortSignal): Promise<string> {
    switch (operation) {
      case 'ExecuteStatement': return this.execute(input as ExecuteStatementInput, principal, gone);
      case 'DescribeStatement': return this.describe(input as StatementRequest, principal, gone);
      case 'GetStatementResult': return this.result(input as StatementRequest, principal, gone);
      case 'CancelStatement': return this.cancel(input as StatementRequest, principal);
      default: return this.list(input as ListRequest, principal);
    }
  }

  private async execute(input: ExecuteStatementInput, principal: string, gone: AbortSignal): Promise<string> {
    this.checkExecute(input);
    const known = this.clientTokens.find(input, roleName(principal));
    const statement = known ?? this.options.runner.start(input, principal);
    if (known === undefined) this.clientTokens.store(input, roleName(principal), statement);
    // A rejected wait doesn't stop the statement: a request with the same client token returns it.
    await this.waits.waitForEnd(statement, input.WaitTimeSeconds, gone);
    return JSON.stringify({
      Id: statement.id,
      CreatedAt: statement.createdAt / 1000,
      ...targetOf(statement),
      DbGroups: [],
      ...(input.WaitTimeSeconds ? { Status: statement.status, RedshiftPid: 0, HasResultSet: statement.hasResultSet } : {}),
    });
  }

  private checkExecute(input: ExecuteStatementInput): void {
    const { ClusterIdentifier, WorkgroupName, DbUser, SecretArn, Database, Sql } = input;
    if (input.ResultFormat === 'CSV') throw validationError('ResultFormat CSV is not supported by the local AWS: use JSON');
    for (const member of ['SessionId', 'SessionKeepAliveSeconds'] as const) {
      if (input[member] !== undefined) throw validationError(`${member} is not supported by the local AWS: each statement has its own session`);
    }
    if ((ClusterIdentifier === undefined) === (WorkgroupName === undefined)) {
      throw validationError('Specify either ClusterIdentifier or WorkgroupName.');
    }
    if (WorkgroupName !== undefined && DbUser !== undefined) throw validationError('DbUser can\'t be combined with WorkgroupName.');
    if (DbUser !== undefined && SecretArn !== undefined) throw validationError('DbUser can\'t be combined with SecretArn.');
    if (!Database) throw validationError('Database is required.');
    if (Sql.trim() === '') throw validationError('Sql must not be empty.');
    const { sqlBytes } = this.options.limits;
    if (Buffer.byteLength(Sql) > sqlBytes) throw validationError(`Sql must have at most ${sqlBytes} bytes.`);
    if (sqlMatches(Sql, hasSeveralStatements)) throw validationError('Sql must contain a single statement. For several statements, use BatchExecuteStatement.');
    if (sqlMatches(Sql, (sql) => !usesEvery(input.Parameters ?? [], sql))) throw validationError('Parameters list contains unused parameters');
  }

  private async describe({ Id, WaitTimeSeconds }: StatementRequest, principal: string, gone: AbortSignal): Promise<string> {
    const statement = this.ownStatement(Id, principal);
    await this.waits.waitForEnd(statement, WaitTimeSeconds, gone);
    return JSON.stringify({
      Id: statement.id,
      ...targetOf(statement),
      Duration: statement.duration ?? 0,
      Error: statement.error,
      Status: statement.status,
      CreatedAt: statement.createdAt / 1000,
      UpdatedAt: statement.updatedAt / 1000,
      RedshiftPid: 0,
      HasResultSet: statement.hasResultSet,
      QueryString: statement.input.Sql,
      QueryParameters: statement.input.Parameters,
      ResultRows: statement.rowCount,
      ResultSize: statement.result?.bytes ?? -1,
      RedshiftQueryId: statement.startedAt === undefined ? 0 : statement.queryId,
      ResultFormat: 'JSON',
    });
  }

  private async result({ Id, NextToken, WaitTimeSeconds }: StatementRequest, principal: string, gone: AbortSignal): Promise<string> {
    const statement = this.ownStatement(Id, principal);
    await this.waits.waitForEnd(statement, WaitTimeSeconds, gone);
    if (statement.result === undefined) throw notFoundError(NO_RESULT, Id);
    const start = NextToken === undefined || NextToken === '' ? 0 : rowOfToken(NextToken, statement);
    return pageJson(statement.result, start, this.options.pageSize, (row) => tokenOfRow(row, statement));
  }

  private cancel({ Id }: StatementRequest, principal: string): string {
    const statement = this.ownStatement(Id, principal);
    if (hasEnded(statement)) throw validationError(`Could not cancel a query that is already in ${statement.status} state with ID: ${Id}`);
    this.options.runner.cancel(statement);
    return JSON.stringify({ Status: true });
  }

  private list(request: ListRequest, principal: string): string {
    const { MaxResults = 100, StatementName, Status = 'ALL', RoleLevel = true, Database, ClusterIdentifier, WorkgroupName } = request;
    const listed = this.options.runner.list().filter(({ input, status, principal: owner }) =>
      (RoleLevel ? roleName(owner) === roleName(principal) : owner === principal)
      && (Status === 'ALL' || status === Status)
      && (StatementName === undefined || (input.StatementName ?? '').startsWith(StatementName))
      && [[Database, input.Database], [ClusterIdentifier, input.ClusterIdentifier], [WorkgroupName, input.WorkgroupName]]
        .every(([filter, actual]) => filter === undefined || filter === actual));
    const start = request.NextToken ? listed.findIndex(({ id }) => id === request.NextToken) : 0;
    if (start < 0) throw validationError('NextToken is invalid: it must be a token that ListStatements returned.');
    const size = MaxResults || 100;
    return JSON.stringify({ Statements: listed.slice(start, start + size).map(listedStatement), NextToken: listed[start + size]?.id });
  }

  /** Finds a statement of the role of the principal. Throws if it belongs to another role. */
  private ownStatement(id: string, principal: string): Statement {
    const statement = this.options.runner.find(id);
    if (statement === undefined || roleName(statement.principal) !== roleName(principal)) throw notFoundError('Query does not exist.', id);
    return statement;
  }
}

function sqlMatches(sql: string, isFault: (sql: string) => boolean): boolean {
  try {
    return isFault(sql);
  } catch (error) {
    // An unterminated quote or comment fails later, with an error of the database.
    if (error instanceof SqlError) return false;
    throw error;
  }
}

function targetOf({ input, principal }: Statement): Record<string, string | undefined> {
  return {
    ClusterIdentifier: input.ClusterIdentifier,
    WorkgroupName: input.WorkgroupName,
    Database: input.Database,
    SecretArn: input.SecretArn,
    DbUser: databaseUser(input, principal),
  };
}

function listedStatement(statement: Statement): Record<string, unknown> {
  return {
    Id: statement.id,
    QueryString: statement.input.Sql,
    SecretArn: statement.input.SecretArn,
    Status: statement.status,
    StatementName: statement.input.StatementName,
    CreatedAt: statement.createdAt / 1000,
    UpdatedAt: statement.updatedAt / 1000,
    QueryParameters: statement.input.Parameters,
    IsBatchStatement: false,
    ResultFormat: 'JSON',
  };
}

function tokenOfRow(row: number, statement: Statement): string {
  return Buffer.from(`${statement.id}:${row}`).toString('base64url');
}

function rowOfToken(token: string, statement: Statement): number {
  const [, id, row] = /^(.+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (id !== statement.id || Number(row) >= (statement.result?.rows.length ?? 0)) {
    throw validationError('NextToken is invalid: it must be a token that GetStatementResult returned for this statement.');
  }
  return Number(row);
}
