import { DescribeStatementCommand, ExecuteStatementCommand, GetStatementResultCommand } from '@aws-sdk/client-redshift-data';
import type { ColumnMetadata, DescribeStatementCommandOutput, Field, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { call, errorName } from './client';
import type { StatementSettings } from '../../function-settings';
import type { Column } from '../../protocol/messages';
import { StatementRefused } from '../ports';
import type { Cell, ResultPage, StatementDescription, StatementToStart, Warehouse } from '../ports';
import { statementName } from '../statement-event';

/** Refusals that asking again cannot change. */
const FINAL_ERRORS = new Set(['AccessDeniedException', 'ResourceNotFoundException', 'ValidationException']);

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** A Redshift cluster or Serverless workgroup behind the Redshift Data API. */
export class RedshiftDataWarehouse implements Warehouse {
  constructor(private readonly client: RedshiftDataClient, private readonly settings: StatementSettings) {}

  public async start({ run, sql, parameters }: StatementToStart): Promise<void> {
    const values = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    const { settings } = this;
    const command = new ExecuteStatementCommand({
      ClusterIdentifier: settings.CLUSTER_IDENTIFIER,
      WorkgroupName: settings.WORKGROUP_NAME,
      Database: settings.DATABASE_NAME,
      DbUser: settings.DATABASE_USER,
      SecretArn: settings.SECRET_ARN,
      Sql: sql,
      // The Data API refuses an empty list.
      Parameters: values.length > 0 ? values : undefined,
      StatementName: statementName(settings.STATEMENT_NAME_PREFIX, run),
      WithEvent: true,
      ClientToken: run,
    });
    try {
      await call(() => this.client.send(command));
    } catch (error) {
      throw FINAL_ERRORS.has(errorName(error)) ? new StatementRefused(reasonOf(error as Error)) : error;
    }
  }

  public async describe(statementId: string): Promise<StatementDescription> {
    const output = await call(() => this.client.send(new DescribeStatementCommand({ Id: statementId })));
    return {
      state: stateOf(output),
      error: output.Error,
      hasResultSet: output.HasResultSet ?? false,
      runningMs: Math.max(0, Math.round((output.Duration ?? 0) / NANOSECONDS_PER_MILLISECOND)),
      endedAt: output.UpdatedAt?.getTime(),
    };
  }

  public async fetchPage(statementId: string, token?: string): Promise<ResultPage> {
    const output = await call(() => this.client.send(new GetStatementResultCommand({ Id: statementId, NextToken: token })));
    return {
      columns: (output.ColumnMetadata ?? []).map(columnOf),
      rows: cellsOf(output.Records ?? []),
      nextToken: output.NextToken || undefined,
    };
  }
}

/** Names the error; the text of a ValidationException may repeat a parameter's value and is left out. */
function reasonOf({ name, message }: Error): string {
  return name === 'ValidationException' ? name : `${name}: ${message}`;
}

function stateOf({ Status }: DescribeStatementCommandOutput): StatementDescription['state'] {
  switch (Status) {
    case 'FINISHED': return 'finished';
    case 'FAILED': return 'failed';
    case 'ABORTED': return 'aborted';
    default: return 'running';
  }
}

function columnOf({ label, name, typeName }: ColumnMetadata): Column {
  return { name: label || name || '', type: typeName ?? '' };
}

function* cellsOf(records: Field[][]): Generator<Cell[]> {
  for (const record of records) {
    yield record.map(cellOf);
  }
}

function cellOf(field: Field): Cell {
  const cell = field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? field.blobValue;
  if (cell === undefined && !field.isNull) {
    throw new Error(`the Data API gave a field of an unknown kind: ${Object.keys(field).join(', ')}`);
  }
  return cell ?? null;
}
