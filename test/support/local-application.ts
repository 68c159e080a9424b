import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, CfnOutput } from 'aws-cdk-lib';
import { newStack } from './construct';
import { LocalAws } from '../../local/aws';
import type { LocalAwsOptions } from '../../local/aws';
import { startRedshiftData } from '../../local/redshift/data-api/redshift-data';
import type { SqlEngine } from '../../local/redshift/engine/sql-engine';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from '../../src';

/** A query by the id of its construct: the SQL, and the names of its parameters. */
export type LocalQueries = Readonly<Record<string, readonly [sql: string, ...parameterNames: string[]]>>;

export interface LocalApplication {
  readonly aws: LocalAws;
  /** What the functions logged. */
  readonly logged: string[];
  /** The address of each query. */
  url(id: string): string;
  /** The items of a query's table. */
  items(id: string): Promise<unknown[]>;
  close(): Promise<void>;
}

/** Synthesizes a stack with a construct for each query, and runs it on the local AWS. */
export async function startLocalApplication(
  queries: LocalQueries,
  engine: SqlEngine,
  options: Partial<LocalAwsOptions> = {},
): Promise<LocalApplication> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'end-to-end-'));
  const tables = synthesize(queries, directory);
  const logged: string[] = [];
  const aws = await LocalAws.start({
    assemblyDirectory: directory,
    redshiftData: (context) => startRedshiftData(context, { engine }),
    log: (line) => void logged.push(line),
    ...options,
  });
  return {
    aws,
    logged,
    url: (id) => aws.outputs[`${id}Url`],
    items: (id) => aws.items(tables[id]),
    close: async () => {
      await aws.close();
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Returns the logical ids of the tables. */
function synthesize(queries: LocalQueries, outdir: string): Record<string, string> {
  const app = new App({ outdir });
  const stack = newStack('EndToEnd', app);
  const tables = Object.entries(queries).map(([id, [sql, ...parameterNames]]) => {
    const query = new RedshiftWebSocketQuery(stack, id, {
      cluster: RedshiftCluster.fromClusterIdentifier('analytics'),
      databaseName: 'dev',
      databaseUser: DatabaseUser.named('awsuser'),
      sql: SqlTemplate.inline(sql),
      parameters: Object.fromEntries(parameterNames.map((name) => [name, QueryParameter.string()])),
      access: ConnectionAccess.open(),
    });
    new CfnOutput(stack, `${id}Url`, { value: query.url });
    return [id, stack.getLogicalId(query.table.node.defaultChild as any)];
  });
  app.synth();
  return Object.fromEntries(tables);
}
