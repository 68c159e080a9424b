import { ExecuteStatementCommandInput, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { RedshiftData, RedshiftDataOptions, startRedshiftData } from '../../../local/redshift/data-api/redshift-data';
import { StatementEvent } from '../../../local/redshift/data-api/statement-event';
import { RunOptions, SqlEngine, SqlParameter, SqlResult } from '../../../local/redshift/engine/sql-engine';

const PRINCIPALS: Record<string, string> = {
  STARTER: 'arn:aws:sts::111122223333:assumed-role/Queries/OnConnect',
  SENDER: 'arn:aws:sts::111122223333:assumed-role/Queries/SendMessage',
  OTHER_ROLE: 'arn:aws:sts::111122223333:assumed-role/Other/OnConnect',
};

/** A Data API with the clients of three callers: two sessions of one role, and another role. */
export class DataApiFixture {
  public static async start(options: RedshiftDataOptions): Promise<DataApiFixture> {
    const events: StatementEvent[] = [];
    const api = await startRedshiftData({
      region: 'eu-west-1',
      accountId: '111122223333',
      roleOf: (accessKeyId) => {
        if (!Object.hasOwn(PRINCIPALS, accessKeyId)) throw new Error('unknown key');
        return PRINCIPALS[accessKeyId];
      },
      putEvent: (event) => events.push(event),
    }, options);
    return new DataApiFixture(api, events);
  }

  public readonly starter: RedshiftDataClient;
  private readonly clients: RedshiftDataClient[] = [];

  private constructor(readonly api: RedshiftData, readonly events: StatementEvent[]) {
    this.starter = this.client('STARTER');
  }

  /** An SDK client that does not retry, so that each rejection is visible. */
  public client(accessKeyId: string): RedshiftDataClient {
    const client = new RedshiftDataClient({
      endpoint: this.api.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId, secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    this.clients.push(client);
    return client;
  }

  public async close(): Promise<void> {
    this.clients.forEach((client) => client.destroy());
    await this.api.close();
  }
}

/** The minimum input that starts a statement, and the additions of a test. */
export function executeInput(sql: string, more: Partial<ExecuteStatementCommandInput> = {}): ExecuteStatementCommandInput {
  return { Sql: sql, ClusterIdentifier: 'analytics', Database: 'dev', DbUser: 'awsuser', ...more };
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** An engine whose statements run until the test ends them. */
export class HandEngine implements SqlEngine {
  public readonly running: Array<{ readonly sql: string; finish(result?: SqlResult): void; fail(error: Error): void }> = [];

  public async run(sql: string, _parameters: readonly SqlParameter[], options: RunOptions = {}): Promise<SqlResult> {
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason));
      this.running.push({ sql, finish: (result = stringRows(['done'])) => resolve(result), fail: reject });
      options.onStart?.();
    });
  }

  public async close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A result with one string column. */
export function stringRows(values: readonly string[]): SqlResult {
  const column = { name: 'a', typeOid: 25, typeModifier: -1, schemaName: '', tableName: '', nullable: 2 as const };
  return { columns: [column], rows: values.map((value) => [value]), rowCount: values.length };
}
