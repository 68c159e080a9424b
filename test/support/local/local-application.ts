import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { CfnElement } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { LocalAws } from '../../../local/aws';
import type { AccessRequest, LocalAwsOptions } from '../../../local/aws';
import { startRedshiftData } from '../../../local/redshift/data-api/redshift-data';
import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from '../../../src';
import type { RedshiftWebSocketQueryProps } from '../../../src';
import { newStack } from '../construct';

/** A query by the id of its construct: the SQL, and the names of its parameters. */
export type LocalQueries = Readonly<Record<string, readonly [sql: string, ...parameterNames: string[]]>>;

/** An item of the table, by its keys. */
export interface StoredItem {
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly expiresAt: number;
  /** Only in the records of requests and of queries in flight, and not in that of a cancel that came before its query. */
  readonly request?: string;
}

/** Props of all queries, or of each. */
export type QueryProps = Partial<RedshiftWebSocketQueryProps> | ((id: string, stack: Stack) => Partial<RedshiftWebSocketQueryProps>);

export interface LocalApplication {
  readonly aws: LocalAws;
  /** The cdk.out folder, which the closing removes. */
  readonly assemblyDirectory: string;
  /** What the functions logged. */
  readonly logged: string[];
  /** What the roles of the stack have done. */
  readonly accesses: AccessRequest[];
  /** Calls that IAM denied, or that did not fit AWS's models. */
  readonly faults: string[];
  /** The address of each query. */
  url(id: string): string;
  /** The items of a query's table. */
  items(id: string): Promise<StoredItem[]>;
  /** The stored records of requests in flight, in the table of a query. */
  unfinishedRequests(id: string): Promise<StoredItem[]>;
  /** The logical id of a function of a query. */
  functionId(id: string, name: 'onConnectFunction' | 'onMessageFunction' | 'sendMessageFunction'): string;
  /** The logical id of the bucket of a query. */
  bucketId(id: string): string;
  /** Fails when there were faults that are not expected. */
  close(faults?: 'expected'): Promise<void>;
}

/** Synthesizes a stack with a construct for each query, which may be changed before, and runs it on the local AWS. */
export async function startLocalApplication(
  queries: LocalQueries,
  engine: SqlEngine,
  options: Partial<LocalAwsOptions> = {},
  props: QueryProps = {},
  change: (query: RedshiftWebSocketQuery) => void = () => undefined,
): Promise<LocalApplication> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'end-to-end-'));
  const constructs = synthesize(queries, directory, props, change);
  const items = async (id: string) => await aws.items(logicalId(constructs[id].table)) as unknown as StoredItem[];
  const logged: string[] = [];
  const accesses: AccessRequest[] = [];
  const faults: string[] = [];
  const aws = await LocalAws.start({
    assemblyDirectory: directory,
    redshiftData: (context) => startRedshiftData(context, { engine }),
    log: (line) => void logged.push(line),
    ...options,
    trace: (event) => {
      options.trace?.(event);
      if (event.kind === 'access') {
        const { kind: _, allowed, ...request } = event;
        allowed ? accesses.push(request) : faults.push(`${event.action} on ${event.resource} is denied`);
      } else if (event.kind === 'invalid-call') {
        faults.push(`${event.service} ${event.operation}: ${event.problem}`);
      }
    },
  });
  return {
    aws,
    assemblyDirectory: directory,
    logged,
    accesses,
    faults,
    url: (id) => aws.outputs[`${id}Url`],
    items,
    unfinishedRequests: async (id) => (await items(id)).filter(({ sortKey, request }) => sortKey.startsWith('request#') && request !== undefined),
    functionId: (id, name) => logicalId(constructs[id][name]),
    bucketId: (id) => logicalId(constructs[id].resultBucket),
    close: async (expectation) => {
      await aws.close();
      fs.rmSync(directory, { recursive: true, force: true });
      if (faults.length > 0 && expectation !== 'expected') {
        throw new Error(`calls that AWS would reject:\n${[...new Set(faults)].join('\n')}`);
      }
    },
  };
}

function synthesize(
  queries: LocalQueries,
  outdir: string,
  props: QueryProps,
  change: (query: RedshiftWebSocketQuery) => void,
): Record<string, RedshiftWebSocketQuery> {
  const app = new App({ outdir });
  const stack = newStack('EndToEnd', app);
  const constructs = Object.entries(queries).map(([id, [sql, ...parameterNames]]) => {
    const query = new RedshiftWebSocketQuery(stack, id, {
      cluster: RedshiftCluster.fromClusterIdentifier('analytics'),
      databaseName: 'dev',
      databaseUser: DatabaseUser.named('awsuser'),
      sql: SqlTemplate.inline(sql),
      parameters: Object.fromEntries(parameterNames.map((name) => [name, QueryParameter.string()])),
      access: ConnectionAccess.open(),
      reconnectGracePeriod: Duration.seconds(0),
      ...typeof props === 'function' ? props(id, stack) : props,
    });
    new CfnOutput(stack, `${id}Url`, { value: query.url });
    new CfnOutput(stack, `${id}DeadLetterQueueArn`, { value: query.deadLetterQueue.queueArn });
    new CfnOutput(stack, `${id}DeliveryQueueArn`, { value: query.deliveryQueue.queueArn });
    change(query);
    return [id, query];
  });
  app.synth();
  return Object.fromEntries(constructs);
}

function logicalId(resource: IConstruct): string {
  return Stack.of(resource).getLogicalId(resource.node.defaultChild as CfnElement);
}
