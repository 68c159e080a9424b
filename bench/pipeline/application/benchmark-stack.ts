import * as fs from 'node:fs';
import * as path from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { PIPELINE_PARAMETERS, PIPELINE_SQL } from './benchmark-database';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from '../../../src/index';
import { Baseline } from '../../baseline/baseline';

const STACK = 'Benchmark';
const DATABASE = { clusterIdentifier: 'analytics', databaseName: 'dev', databaseUser: 'awsuser' };
/** More than the benchmark has in flight. */
const MAX_QUERIES = 1000;

/** The implementations that the benchmark compares, by the IDs of their constructs. */
export const PIPELINE = 'Pipeline';
export const PIPELINE_WITHOUT_WAIT = 'PipelineWithoutWait';
export const BASELINE = 'Baseline';

/** A synthesized stack with all implementations. */
export interface BenchmarkStack {
  readonly assemblyDirectory: string;
  readonly stackName: string;
  /** Memory of each function in MB, by logical ID. */
  readonly memorySizes: Readonly<Record<string, number>>;
}

/** Synthesizes the stack of the benchmark into a directory. */
export function synthesizeBenchmark(directory: string): BenchmarkStack {
  const outdir = path.join(directory, 'cdk.out');
  const app = new App({ outdir, treeMetadata: false });
  const stack = new Stack(app, STACK, { env: { account: '111122223333', region: 'us-east-1' } });
  addPipeline(stack, PIPELINE);
  addPipeline(stack, PIPELINE_WITHOUT_WAIT, Duration.seconds(0));
  new Baseline(stack, BASELINE, { ...DATABASE, bundleDirectory: path.join(directory, 'baseline') });
  app.synth();
  return { assemblyDirectory: outdir, stackName: STACK, memorySizes: memorySizes(outdir) };
}

function addPipeline(stack: Stack, id: string, inlineWait?: Duration): void {
  const query = new RedshiftWebSocketQuery(stack, id, {
    cluster: RedshiftCluster.fromClusterIdentifier(DATABASE.clusterIdentifier),
    databaseName: DATABASE.databaseName,
    databaseUser: DatabaseUser.named(DATABASE.databaseUser),
    sql: SqlTemplate.inline(PIPELINE_SQL),
    parameters: Object.fromEntries(PIPELINE_PARAMETERS.map((name) => [name, QueryParameter.string()])),
    access: ConnectionAccess.open(),
    maxQueriesPerConnection: MAX_QUERIES,
    inlineWait,
  });
  new CfnOutput(stack, `${id}Url`, { value: query.url });
}

function memorySizes(outdir: string): Record<string, number> {
  const template = fs.readFileSync(path.join(outdir, `${STACK}.template.json`), 'utf8');
  const { Resources: resources } = JSON.parse(template) as { Resources: Record<string, { Type: string; Properties: { MemorySize?: number } }> };
  const functions = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  return Object.fromEntries(functions.map(([logicalId, { Properties: { MemorySize = 128 } }]) => [logicalId, MemorySize]));
}
