import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ApiEndpoint } from './api-endpoint';
import type { Authorize } from './api-endpoint';
import { LOOPBACK } from '../loopback';
import { connectAuthorizer } from './api-gateway/connect-authorizer';
import { WEB_SOCKET_LIMITS } from './api-gateway/limits';
import { managementApi } from './api-gateway/management-api';
import { WebSocketApi } from './api-gateway/web-socket-api';
import { Callers } from './callers';
import type { Credentials, SigningCredentials } from './callers';
import { dynamoDbApi } from './dynamodb/dynamodb-api';
import { startDynalite } from './dynamodb/start-dynalite';
import { partitionKeys } from './dynamodb/table-plan';
import { Tables } from './dynamodb/tables';
import type { Item } from './dynamodb/tables';
import { EventBus } from './event-bridge/event-bus';
import type { EventBridgeEvent } from './event-bridge/event-bus';
import { Forward } from './forward';
import { DEVELOPER_ROLE } from './iam/authorizer';
import { tracedAuthorizer } from './iam/traced-authorizer';
import { keyRequests } from './kms/customer-keys';
import { Functions } from './lambda/functions';
import type { InvocationResult } from './lambda/invocation';
import { LocalAddresses } from './local-addresses';
import type { LocalAwsOptions } from './options';
import { planStack } from './plan';
import type { StackPlan } from './plan';
import { PublicServer } from './public-server';
import { redshiftDataApi } from './redshift-data/redshift-data-api';
import { resourceTypes } from './resource-types';
import type { StoredObject } from './s3-cloudfront/bucket';
import { bucketAccess } from './s3-cloudfront/bucket-access';
import { deploy } from './s3-cloudfront/bucket-deployment';
import { Distribution } from './s3-cloudfront/distribution';
import { s3Api } from './s3-cloudfront/s3-api';
import { EventSourceMapping } from './sqs/event-source-mapping';
import type { QueueDepth } from './sqs/queue';
import { Queues } from './sqs/queues';
import type { DeadLetter } from './sqs/queues';
import { sqsApi } from './sqs/sqs-api';
import type { Telemetry } from './telemetry';
import { readAssemblyStack } from './template/assembly';
import { Stack, stackEnvironment } from './template/stack';
import type { StackEnvironment } from './template/template';

const ACCOUNT_ID = '111122223333';
const DEFAULT_REGION = 'us-east-1';
const TIME_TO_LIVE_INTERVAL_MS = 60_000;
const LOCAL_SESSION = 'local';

type Cleanup = () => Promise<void> | void;

/** Emulates the AWS services that a synthesized stack uses. */
export class LocalAws {
  /** Starts all resources of the template. Throws one error that lists all problems of the template. */
  public static async start(options: LocalAwsOptions): Promise<LocalAws> {
    const assembly = readAssemblyStack(options.assemblyDirectory, options.stackName);
    const environment = stackEnvironment(assembly.name, options.region ?? DEFAULT_REGION, ACCOUNT_ID);
    const plan = await planStack(new Stack(assembly, environment, resourceTypes(options.userPoolProviderUrl)));
    const local = new LocalAws(options, environment, plan);
    try {
      await local.open();
      return local;
    } catch (error) {
      await local.close();
      throw error;
    }
  }

  /** The outputs of the stack, with local addresses. */
  public outputs: Readonly<Record<string, string>> = {};

  /** Port of the page and of the WebSocket APIs. */
  public port = 0;

  /** Administrator credentials, for callers outside of the functions. */
  public readonly credentials: Credentials;

  private readonly cleanups: Cleanup[] = [];
  private readonly callers: Callers;
  private readonly telemetry: Telemetry;
  private readonly authorize: Authorize;
  private readonly apiEndpoint: ApiEndpoint;
  private readonly publicServer: PublicServer;
  private readonly queues: Queues;
  private readonly bus: EventBus;
  private readonly buckets: ReadonlyMap<string, Map<string, StoredObject>>;
  private apiPort = 0;
  private functionEndpoint = '';
  private apis: readonly WebSocketApi[] = [];
  private functions?: Functions;
  private tables?: Tables;
  private closing?: Promise<void>;

  private constructor(private readonly options: LocalAwsOptions, private readonly environment: StackEnvironment, private readonly plan: StackPlan) {
    this.telemetry = { log: options.log ?? (() => {}), trace: options.trace ?? (() => {}) };
    this.callers = new Callers(environment.partition, environment.accountId, new Map(plan.principals.map(({ name, id }) => [name, id])));
    this.credentials = this.callers.credentials(DEVELOPER_ROLE, DEVELOPER_ROLE);
    this.authorize = tracedAuthorizer(plan.authorizer, (request) => keyRequests(request, plan.keys, environment), this.telemetry);
    this.apiEndpoint = new ApiEndpoint(this.callers, this.telemetry, this.authorize);
    this.publicServer = new PublicServer(this.telemetry);
    this.buckets = new Map(plan.buckets.map(({ name }) => [name, new Map<string, StoredObject>()]));
    this.queues = new Queues(plan.queues, this.telemetry);
    this.bus = new EventBus(plan.rules, this.queues, environment, this.telemetry, options.eventDelivery);
  }

  /** Endpoints of the services, for AWS SDK clients. */
  public get endpoints(): Readonly<Record<'dynamodb' | 'redshiftData' | 's3' | 'sqs', string>> {
    const endpoint = this.apiAddress;
    return { dynamodb: endpoint, redshiftData: endpoint, s3: endpoint, sqs: endpoint };
  }

  /** The messages in all dead-letter queues. */
  public deadLetters(): DeadLetter[] {
    return this.queues.deadLetters();
  }

  /** Number of messages in each queue, by logical ID. */
  public queueDepths(): Record<string, QueueDepth> {
    return this.queues.depths();
  }

  /** Advances the clock of all queues, so that delays and visibility timeouts end earlier. */
  public advanceQueues(seconds: number): void {
    this.queues.advance(seconds);
  }

  /** Number of events that `eventDelivery` delays. */
  public pendingEvents(): number {
    return this.bus.pendingEvents;
  }

  /** Delivers all delayed events now. */
  public deliverDelayedEvents(): void {
    this.bus.deliverDelayed();
  }

  /** Number of open connections. */
  public connections(): number {
    return this.apis.reduce((sum, api) => sum + api.connectionCount(), 0);
  }

  /** Number of invocations of all functions that run or are queued. */
  public pendingInvocations(): number {
    return this.functions!.pendingInvocations();
  }

  /** All items of a table. */
  public async items(logicalId: string): Promise<Item[]> {
    return this.tables!.items(logicalId);
  }

  /** The keys of all objects in a bucket. */
  public objects(logicalId: string): string[] {
    return [...this.bucket(logicalId).keys()];
  }

  /** Deletes all objects of a bucket, as its lifecycle rule does when they expire. */
  public expireObjects(logicalId: string): void {
    this.bucket(logicalId).clear();
  }

  /** Deletes the items that expire before a date, which can be in the future. */
  public async expireItems(asOf: Date): Promise<void> {
    await this.tables!.expire(asOf);
  }

  /** Sends an event to the default event bus. */
  public putEvent(event: EventBridgeEvent): void {
    this.bus.put(event);
  }

  /** Invokes a function. */
  public async invoke(logicalId: string, event: unknown): Promise<InvocationResult> {
    const plan = this.plan.functions.find((candidate) => candidate.logicalId === logicalId);
    return this.functions!.invoke(plan?.arn ?? logicalId, event);
  }

  /** Credentials of a role or user of the template. */
  public credentialsOf(logicalId: string): SigningCredentials {
    const principal = this.plan.principals.find((candidate) => candidate.logicalId === logicalId);
    if (principal === undefined) {
      throw new Error(`${logicalId} isn't a role or user of the template: use one of ${this.plan.principals.map((other) => other.logicalId).join(', ')}`);
    }
    const { isUser, name, arn, id } = principal;
    return isUser ? this.callers.userCredentials({ arn, userId: id }) : this.callers.credentials(name, LOCAL_SESSION);
  }

  /** Kills all processes of a function, to simulate a crash. */
  public async killFunction(logicalId: string): Promise<void> {
    await this.functions!.kill(logicalId);
  }

  /** Stops all processes and servers. */
  public async close(): Promise<void> {
    this.closing ??= this.closeAll();
    await this.closing;
  }

  private get apiAddress(): string {
    return `http://${LOOPBACK}:${this.apiPort}`;
  }

  private bucket(logicalId: string): Map<string, StoredObject> {
    const plan = this.plan.buckets.find((bucket) => bucket.logicalId === logicalId);
    if (plan === undefined) {
      throw new Error(`the bucket ${logicalId} isn't in the template: use one of ${this.plan.buckets.map((bucket) => bucket.logicalId).join(', ')}`);
    }
    return this.buckets.get(plan.name)!;
  }

  private async open(): Promise<void> {
    this.port = await this.publicServer.listen(this.options.port ?? 0);
    this.cleanups.push(async () => this.publicServer.close());
    await this.openApis();
    const { distribution } = this.plan;
    const ports = { public: this.port, api: Number(new URL(this.functionEndpoint).port) };
    const addresses = new LocalAddresses(this.environment, ports, this.plan.apis.map(({ apiId }) => apiId),
      distribution === undefined ? [] : [distribution.domainName]);
    this.openFunctions(addresses);
    await this.openPublic(addresses);
    this.outputs = Object.fromEntries(Object.entries(this.plan.outputs).map(([name, value]) => [name, addresses.localize(value)]));
  }

  private async openApis(): Promise<void> {
    const { options, environment, callers, bus } = this;
    this.tables = await Tables.start(this.plan.tables, {
      startDynamoDb: options.dynamoDb ?? startDynalite,
      region: environment.region,
      timeToLiveInterval: options.timeToLiveInterval ?? TIME_TO_LIVE_INTERVAL_MS,
      log: this.telemetry.log,
    });
    this.cleanups.push(async () => this.tables?.close());
    const redshiftData = await options.redshiftData({
      region: environment.region,
      accountId: environment.accountId,
      roleOf: (accessKeyId) => callers.roleOf(accessKeyId),
      putEvent: bus.put,
    });
    const dynamoDbForward = new Forward(this.tables.endpoint);
    const redshiftDataForward = new Forward(redshiftData.endpoint);
    // Closed in reverse order: the service first, because calls in flight can wait for it.
    this.cleanups.push(async () => dynamoDbForward.close(), async () => redshiftDataForward.close(), async () => redshiftData.close());
    this.apiEndpoint.add('DynamoDB_20120810', dynamoDbApi(dynamoDbForward, environment, partitionKeys(this.plan.tables, environment)));
    this.apiEndpoint.add('RedshiftData', redshiftDataApi(redshiftDataForward, environment, options.secretKeys ?? {}));
    this.apiEndpoint.add('AmazonSQS', sqsApi(this.queues, environment));
    this.apiEndpoint.addS3(s3Api(this.buckets, environment, (request) => this.plan.authorizer.decide(request)));
    this.apiPort = await this.apiEndpoint.listen();
    this.cleanups.push(async () => this.apiEndpoint.close());
    const proxy = await options.functionProxy?.({ endpoint: this.apiAddress, roleOf: (accessKeyId) => callers.roleOf(accessKeyId) });
    this.cleanups.push(async () => proxy?.close());
    this.functionEndpoint = proxy?.endpoint ?? this.apiAddress;
  }

  private openFunctions(addresses: LocalAddresses): void {
    const { environment, plan, telemetry, callers, queues } = this;
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'local-aws-'));
    this.cleanups.push(() => fs.rmSync(directory, { recursive: true, force: true }));
    const functions = new Functions(plan.functions, directory, {
      region: environment.region,
      endpoint: this.functionEndpoint,
      minInitMilliseconds: this.options.minInitMilliseconds,
      credentials: ({ roleName, name }) => callers.credentials(roleName, name),
      localize: (value) => addresses.localize(value),
      extraCaCertificates: this.options.extraCaCertificates,
    }, this.authorize, telemetry);
    this.functions = functions;
    this.cleanups.push(async () => functions.close());
    plan.functions.flatMap(({ roleUses }) => roleUses).forEach((request) => void this.authorize(request));
    const mappings = plan.mappings.map((mapping) =>
      new EventSourceMapping(mapping, queues.byArn(mapping.queueArn), functions.invoke, environment.region, this.authorize, telemetry));
    this.cleanups.push(() => {
      mappings.forEach((mapping) => mapping.close());
      this.bus.close();
      queues.close();
    });
  }

  private async openPublic(addresses: LocalAddresses): Promise<void> {
    const { plan, options, environment, telemetry, functions, buckets } = this;
    const limits = { ...WEB_SOCKET_LIMITS, ...options.webSocketLimits };
    this.apis = plan.apis.map((api) => {
      const authorize = connectAuthorizer(api, { environment, invoke: functions!.invoke, authorizer: plan.authorizer, callers: this.callers });
      return new WebSocketApi(api, functions!.invoke, authorize, limits, telemetry);
    });
    this.cleanups.push(() => this.apis.forEach((api) => api.close()));
    this.apiEndpoint.addManagementApi(managementApi(this.apis, limits, environment, telemetry));
    plan.deployments.forEach((deployment) => deploy(deployment, buckets, (value) => addresses.localize(value)));
    const distribution = plan.distribution && new Distribution(
      plan.distribution, await bucketAccess(plan.distribution, plan.authorizer), buckets, (value) => addresses.localizeSources(value),
    );
    this.publicServer.show({ apis: this.apis, distribution });
  }

  private async closeAll(): Promise<void> {
    for (const close of this.cleanups.reverse()) {
      await close();
    }
  }
}
