import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BASELINE_SQL, BenchmarkDatabase } from './benchmark-database';
import { BASELINE, PIPELINE, PIPELINE_WITHOUT_WAIT, synthesizeBenchmark } from './benchmark-stack';
import type { BenchmarkStack } from './benchmark-stack';
import { connectViewer } from './viewer';
import type { Viewer } from './viewer';
import { LocalAws } from '../../../local/aws/index';
import { startRedshiftData } from '../../../local/redshift/data-api/redshift-data';
import { SQL_KEY } from '../../baseline/baseline';
import type { Latencies } from '../latency/latencies';
import { startLatencyProxy } from '../latency/latency-proxy';
import { Meter } from '../usage/meter';

/** An implementation that the benchmark measures. */
export interface Implementation {
  readonly id: string;
  readonly name: string;
  readonly isBaseline: boolean;
}

/** The baseline starts a statement for each viewer at once. The limits of the Data API would reject most of them. */
const NO_LIMITS = { executeRate: 1e6, describeRate: 1e6, resultRate: 1e6, activeStatements: 1e6 };

/** Longer than all delays of the queues. */
const QUEUE_SECONDS = 900;
const POLL_MS = 20;
const REGION = 'us-east-1';

/** The local AWS with all implementations, and what measures them. */
export class Application {
  public static async start(latencies: Latencies): Promise<Application> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
    const stack = synthesizeBenchmark(directory);
    const meter = new Meter(stack.memorySizes);
    const database = new BenchmarkDatabase();
    const aws = await LocalAws.start({
      assemblyDirectory: stack.assemblyDirectory,
      stackName: stack.stackName,
      redshiftData: (context) => startRedshiftData(context, { engine: database, limits: NO_LIMITS }),
      eventDelivery: { delay: { probability: 1, milliseconds: latencies.event } },
      functionProxy: (context) => startLatencyProxy(context, { latencies, meter }),
      minInitMilliseconds: latencies['cold-start'],
      trace: meter.trace,
    });
    await storeSql(aws);
    return new Application(aws, meter, database, stack, directory);
  }

  /** The implementations, which share the local AWS. */
  public readonly implementations: readonly Implementation[];

  private constructor(
    private readonly aws: LocalAws,
    public readonly meter: Meter,
    public readonly database: BenchmarkDatabase,
    public readonly stack: BenchmarkStack,
    private readonly directory: string,
  ) {
    this.implementations = [
      { id: PIPELINE, name: 'this pipeline', isBaseline: false },
      { id: PIPELINE_WITHOUT_WAIT, name: 'inlineWait zero', isBaseline: false },
      { id: BASELINE, name: 'baseline', isBaseline: true },
    ];
  }

  public async connect({ id, isBaseline }: Implementation): Promise<Viewer> {
    return connectViewer(this.aws.outputs[`${id}Url`], isBaseline);
  }

  /** Waits until no function runs, and no event or message is left. Delayed events are delivered immediately, and after them delayed messages. */
  public async drain(): Promise<void> {
    while (!this.isIdle()) {
      await sleep(POLL_MS);
      const depths = Object.values(this.aws.queueDepths());
      if (this.aws.pendingInvocations() > 0 || depths.some(({ visible, inFlight }) => visible + inFlight > 0)) {
        continue;
      }
      if (this.aws.pendingEvents() > 0) {
        this.aws.deliverDelayedEvents();
      } else {
        this.aws.advanceQueues(QUEUE_SECONDS);
      }
    }
  }

  public async close(): Promise<void> {
    await this.aws.close();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private isIdle(): boolean {
    const depths = Object.values(this.aws.queueDepths());
    return this.aws.pendingInvocations() + this.aws.pendingEvents() === 0
      && depths.every(({ visible, delayed, inFlight }) => visible + delayed + inFlight === 0);
  }
}

async function storeSql({ endpoints, credentials, outputs }: LocalAws): Promise<void> {
  const client = new S3Client({ endpoint: endpoints.s3, region: REGION, credentials, forcePathStyle: true });
  await client.send(new PutObjectCommand({ Bucket: outputs[`${BASELINE}Bucket`], Key: SQL_KEY, Body: BASELINE_SQL }));
  client.destroy();
}
