import { CancelStatementCommand, DescribeStatementCommand, ExecuteStatementCommand, GetStatementResultCommand } from '@aws-sdk/client-redshift-data';
import type { ColumnMetadata, ExecuteStatementCommandOutput, Field, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { call } from './clients/call';
import { getErrorName } from './clients/errors';
import type { Column } from '../../protocol/messages';
import { createStatementName } from '../delivery/statement-event';
import { ServiceBusyError, StatementRejectedError, ThrottledError } from '../model/errors';
import type { Cell, ResultPage, StartedStatement, StatementDescription, StatementToStart, StatementApi } from '../model/ports';

/** Errors that a retry can't resolve. */
const FINAL_ERRORS = new Set(['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException']);

/** Timeout of a call with all its attempts, in milliseconds. Shorter than the time that SendMessage reserves for a page. */
const CALL_TIMEOUT_MS = 18_000;

/** Time of a call that waits beyond its wait, in milliseconds. The rest of the timeout remains for the call after it. */
const WAIT_MARGIN_MS = 6000;
const TIMEOUT_AFTER_WAIT_MS = CALL_TIMEOUT_MS - WAIT_MARGIN_MS;

interface CallOptions {
  readonly abortSignal: AbortSignal;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** The Redshift Data API. All statement names start with the prefix. */
export class RedshiftDataStatementApi implements StatementApi {
  constructor(private readonly client: RedshiftDataClient, private readonly statementNamePrefix: string) {}

  public async start(statement: StatementToStart, waitSeconds = 0): Promise<StartedStatement> {
    return waitSeconds === 0 ? { statementId: await this.startNow(statement) } : this.startAndWait(statement, waitSeconds);
  }

  public async describe(statementId: string, timeoutMs = CALL_TIMEOUT_MS): Promise<StatementDescription> {
    const output = await callDataApi((options) => this.client.send(new DescribeStatementCommand({ Id: statementId }), options), timeoutMs);
    return {
      state: toState(output.Status),
      error: output.Error,
      hasResultSet: output.HasResultSet ?? false,
      runningMs: Math.max(0, Math.round((output.Duration ?? 0) / NANOSECONDS_PER_MILLISECOND)),
      endedAt: output.UpdatedAt?.getTime(),
    };
  }

  public async fetchPage(statementId: string, token?: string): Promise<ResultPage> {
    const output = await callDataApi((options) => {
      // A large page can take long, so one attempt has the time of all.
      return this.client.send(new GetStatementResultCommand({ Id: statementId, NextToken: token }), { ...options, requestTimeout: CALL_TIMEOUT_MS });
    });
    return {
      columns: (output.ColumnMetadata ?? []).map(toColumn),
      rows: toRows(output.Records ?? []),
      nextToken: output.NextToken || undefined,
    };
  }

  public async cancel(statementId: string): Promise<void> {
    const cancellation = await callDataApi(async (options) => this.tryToCancel(statementId, options));
    if (cancellation === 'rejected' && (await this.describe(statementId)).state === 'running') {
      throw new ServiceBusyError(`the statement ${statementId} can't be canceled yet`);
    }
  }

  private async startNow(statement: StatementToStart, timeoutMs = CALL_TIMEOUT_MS): Promise<string> {
    const command = this.createExecuteCommand(statement);
    const { Id } = await callDataApi((options) => this.client.send(command, options), timeoutMs);
    return Id!;
  }

  private async startAndWait(statement: StatementToStart, seconds: number): Promise<StartedStatement> {
    const command = this.createExecuteCommand(statement, seconds);
    const requestTimeout = seconds * 1000 + WAIT_MARGIN_MS;
    const sentAt = performance.now();
    let output;
    try {
      output = await callDataApi((options) => this.client.send(command, { ...options, requestTimeout }), requestTimeout);
    } catch (error) {
      if (error instanceof ServiceBusyError) {
        return { statementId: await this.startAfterWait(statement, error) };
      }
      throw error;
    }
    return { statementId: output.Id!, description: await this.describeEnd(output, Math.round(performance.now() - sentAt)) };
  }

  /** Starts a statement after a call that waits has failed. If that call has started it, the client token prevents a second statement. */
  private async startAfterWait(statement: StatementToStart, failure: ServiceBusyError): Promise<string> {
    try {
      return await this.startNow(statement, TIMEOUT_AFTER_WAIT_MS);
    } catch (error) {
      const mayHaveStarted = !(failure instanceof ThrottledError);
      throw mayHaveStarted && error instanceof ThrottledError ? new ServiceBusyError(error.message) : error;
    }
  }

  /** Describes a statement that ended during the call that started it. */
  private async describeEnd(output: ExecuteStatementCommandOutput, runningMs: number): Promise<StatementDescription | undefined> {
    const { Id, Status, HasResultSet: hasResultSet, CreatedAt } = output;
    const state = toState(Status);
    if (state === 'running') {
      return undefined;
    }
    if (state === 'finished' && hasResultSet !== undefined) {
      return { state, hasResultSet, runningMs, endedAt: CreatedAt && CreatedAt.getTime() + runningMs };
    }
    // Only DescribeStatement returns the error. If it fails, the event of the end remains.
    const description = await this.describe(Id!, TIMEOUT_AFTER_WAIT_MS).catch(() => undefined);
    return description?.state === 'running' ? undefined : description;
  }

  private createExecuteCommand({ run, waitsUntil, target, sql, parameters }: StatementToStart, waitSeconds?: number): ExecuteStatementCommand {
    const values = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    return new ExecuteStatementCommand({
      ClusterIdentifier: target.clusterIdentifier,
      WorkgroupName: target.workgroupName,
      Database: target.databaseName,
      DbUser: target.databaseUser,
      SecretArn: target.secretArn,
      Sql: sql,
      // The Data API rejects an empty list.
      Parameters: values.length > 0 ? values : undefined,
      StatementName: createStatementName(this.statementNamePrefix, { run, waitsUntil }),
      WithEvent: true,
      ClientToken: run,
      WaitTimeSeconds: waitSeconds,
    });
  }

  /** The Data API rejects the cancellation of a statement that has ended or hasn't started. */
  private async tryToCancel(statementId: string, options: CallOptions): Promise<'canceled' | 'rejected' | 'unknown'> {
    try {
      const { Status } = await this.client.send(new CancelStatementCommand({ Id: statementId }), options);
      return Status ? 'canceled' : 'rejected';
    } catch (error) {
      switch (getErrorName(error)) {
        case 'ValidationException': return 'rejected';
        case 'ResourceNotFoundException': return 'unknown';
        default: throw error;
      }
    }
  }
}

/** Makes one call. Converts errors that a retry can't resolve to StatementRejectedError. */
async function callDataApi<T>(action: (options: CallOptions) => Promise<T>, timeoutMs = CALL_TIMEOUT_MS): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    return await call(async () => action({ abortSignal: controller.signal }));
  } catch (error) {
    throw FINAL_ERRORS.has(getErrorName(error)) ? new StatementRejectedError(describeError(error as Error)) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Describes an error. Omits the message of a ValidationException, which can contain parameter values. */
function describeError({ name, message }: Error): string {
  return name === 'ValidationException' ? name : `${name}: ${message}`;
}

function toState(status: string | undefined): StatementDescription['state'] {
  switch (status) {
    case 'FINISHED': return 'finished';
    case 'FAILED': return 'failed';
    case 'ABORTED': return 'aborted';
    default: return 'running';
  }
}

function toColumn({ label, name, typeName }: ColumnMetadata): Column {
  return { name: label || name || '', type: typeName ?? '' };
}

function* toRows(records: Field[][]): Generator<Cell[]> {
  for (const record of records) {
    yield record.map(toCell);
  }
}

function toCell(field: Field): Cell {
  const cell = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? field.blobValue;
  if (cell === undefined && !field.isNull) {
    throw new Error(`the Data API returned a field of an unknown type: ${Object.keys(field).join(', ')}`);
  }
  return cell ?? null;
}
