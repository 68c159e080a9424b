import { Duration, Stack } from 'aws-cdk-lib';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ConnectionSettings } from './connection-settings';
import { SEND_MESSAGE_TIMEOUT } from './delivery-queue';
import type { DeliveryQueue } from './delivery-queue';
import { secondsWithin } from '../cdk/durations';
import type { DatabaseConnection } from '../database/database-connection';
import { grantStatements } from '../database/statement-permissions';
import { adoptRole } from '../database/statement-role';
import { DefinitionsLayer } from '../functions/definitions-layer';
import type { FunctionDefaults, FunctionDefaultOptions } from '../functions/function-defaults';
import { OnConnectFunction } from '../functions/on-connect-function';
import { OnDisconnectFunction } from '../functions/on-disconnect-function';
import { OnMessageFunction } from '../functions/on-message-function';
import { SendMessageFunction } from '../functions/send-message-function';
import type { DefinedQueries } from '../query/defined-queries';
import { MAX_INLINE_WAIT_SECONDS } from '../shared/function-environment';
import type {
  DeliveryEnvironment, MessageEnvironment, StatementEnvironment, SubmitEnvironment, TableEnvironment,
} from '../shared/function-environment';

export interface PipelineFunctionsProps {
  readonly queries: DefinedQueries;
  readonly databaseConnection: DatabaseConnection;
  readonly table: dynamodb.Table;
  readonly stage: apigatewayv2.WebSocketStage;
  readonly delivery: DeliveryQueue;
  readonly resultBucket: s3.Bucket;
  readonly connectionSettings: ConnectionSettings;
  readonly statementNamePrefix: string;
  readonly functionDefaults: FunctionDefaults;
  readonly inlineWait?: Duration;
  readonly statementRole?: iam.IRole;
}

/**
 * Maximum integration timeout of API Gateway.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const INTEGRATION_TIMEOUT = Duration.seconds(29);

const DEFAULT_INLINE_WAIT = Duration.seconds(1);

/** In MB. CPU grows with memory, and these functions mostly wait for other services. */
const MEMORY_SIZE = 256;

/** In MB. SendMessage holds a page of each result of its batch. */
const SEND_MESSAGE_MEMORY_SIZE = 1024;

/**
 * Permissions that Lambda needs to poll a queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html
 */
const POLLING_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** Number of results that one invocation of SendMessage sends concurrently. */
const BATCH_SIZE = 5;

/** The account's limit is 20 result pages per second: more concurrent invocations would only wait for each other. */
const MAX_CONCURRENCY = 10;

/** The functions of the pipeline, with their roles and log groups. */
export class PipelineFunctions extends Construct {
  public readonly onConnect: lambda.Function;
  public readonly onMessage: lambda.Function;
  public readonly sendMessage: lambda.Function;
  public readonly onDisconnect: lambda.Function;
  public readonly statementRole: iam.IRole;

  constructor(scope: Construct, id: string, private readonly props: PipelineFunctionsProps) {
    super(scope, id);
    const definitions = new DefinitionsLayer(this, 'Definitions', props.queries);
    this.statementRole = this.prepareStatementRole();
    const submitOptions = { layers: [definitions.layer], timeout: INTEGRATION_TIMEOUT, memorySize: MEMORY_SIZE };
    const submitEnvironment = { ...this.statementEnvironment(), ...props.connectionSettings.submitEnvironment() };
    this.onConnect = new OnConnectFunction(this, 'OnConnect', {
      description: 'Accepts WebSocket connections and starts the query in the URL',
      ...submitOptions,
      ...this.functionDefaults('OnConnect', this.statementRole),
      environment: { ...submitEnvironment, ...props.connectionSettings.connectEnvironment() },
    });
    this.onMessage = new OnMessageFunction(this, 'OnMessage', {
      description: 'Starts queries received as WebSocket messages',
      ...submitOptions,
      ...this.functionDefaults('OnMessage', this.statementRole),
      environment: { ...submitEnvironment, ...this.messageEnvironment() },
    });
    // Without the layer: a run stores the definition that it was submitted with.
    this.sendMessage = new SendMessageFunction(this, 'SendMessage', {
      description: 'Fetches query results from Amazon Redshift and posts them to WebSocket clients',
      ...this.functionDefaults('SendMessage', this.statementRole),
      environment: { ...this.deliveryEnvironment() },
      timeout: SEND_MESSAGE_TIMEOUT,
      memorySize: SEND_MESSAGE_MEMORY_SIZE,
    });
    this.deliverMessages();
    this.onDisconnect = this.createOnDisconnect();
  }

  /** Adds environment variables to the functions that accept queries. */
  public addEnvironment(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) {
      [this.onConnect, this.onMessage].forEach((each) => each.addEnvironment(name, value));
    }
  }

  /** Not `SqsEventSource`, which grants two more actions that Lambda doesn't need: ChangeMessageVisibility and GetQueueUrl. */
  private deliverMessages(): void {
    const { queue } = this.props.delivery;
    this.statementRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: POLLING_ACTIONS, resources: [queue.queueArn] }));
    this.sendMessage.addEventSourceMapping('DeliveryQueue', {
      eventSourceArn: queue.queueArn,
      batchSize: BATCH_SIZE,
      maxConcurrency: MAX_CONCURRENCY,
      reportBatchItemFailures: true,
    });
  }

  private prepareStatementRole(): iam.IRole {
    const { table, delivery: { queue, deadLetterQueue }, resultBucket, databaseConnection, functionDefaults } = this.props;
    const role = this.createOrAdoptStatementRole();
    const allow = (actions: string[], ...resources: string[]) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
    grantStatements(this, role, databaseConnection);
    allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'], table.tableArn);
    allow(['sqs:SendMessage'], queue.queueArn, deadLetterQueue.queueArn);
    // Without s3:ListBucket, S3 returns AccessDenied for a missing object, which `S3Bucket` handles.
    allow(['s3:GetObject', 's3:PutObject'], resultBucket.arnForObjects('*'));
    allow(['execute-api:ManageConnections'], ...this.connectionsArns());
    functionDefaults.grantKeyUse(role, 'items', 'sending', 'receiving', 'objects');
    return role;
  }

  private createOrAdoptStatementRole(): iam.IRole {
    const { statementRole, functionDefaults } = this.props;
    if (statementRole === undefined) {
      return functionDefaults.createRole(this, 'StatementRole', 'Runs Amazon Redshift statements and posts results to WebSocket clients');
    }
    const role = adoptRole(this, 'StatementRole', statementRole);
    functionDefaults.prepareRole(role);
    return role;
  }

  /**
   * All connections: to post to them and, if sessions can expire, to close them. `grantManagementApiAccess` would also grant to describe them.
   */
  private connectionsArns(): string[] {
    const { stage, connectionSettings } = this.props;
    const methods = connectionSettings.identifiesCallers ? ['POST', 'DELETE'] : ['POST'];
    return methods.map((method) => Stack.of(this).formatArn({
      service: 'execute-api', resource: stage.api.apiId, resourceName: `${stage.stageName}/${method}/@connections/*`,
    }));
  }

  private createOnDisconnect(): lambda.Function {
    const { table, delivery: { queue }, functionDefaults } = this.props;
    const role = functionDefaults.createRole(this, 'OnDisconnectRole', 'Deletes the records of closed WebSocket connections');
    role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:Query', 'dynamodb:DeleteItem'], resources: [table.tableArn] }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
    functionDefaults.grantKeyUse(role, 'items', 'sending');
    return new OnDisconnectFunction(this, 'OnDisconnect', {
      description: 'Deletes the records of closed WebSocket connections',
      ...this.functionDefaults('OnDisconnect', role),
      environment: { ...this.tableEnvironment() },
      timeout: INTEGRATION_TIMEOUT,
      memorySize: MEMORY_SIZE,
    });
  }

  private functionDefaults(id: string, role: iam.IRole): FunctionDefaultOptions {
    return this.props.functionDefaults.options(this, id, role);
  }

  private tableEnvironment(): TableEnvironment {
    const { table, delivery: { queue }, connectionSettings } = this.props;
    return { TABLE_NAME: table.tableName, QUEUE_URL: queue.queueUrl, ...connectionSettings.tableEnvironment() };
  }

  private statementEnvironment(): StatementEnvironment {
    const { stage, databaseConnection, statementNamePrefix, connectionSettings } = this.props;
    const { cluster, databaseUser } = databaseConnection;
    const secret = databaseUser._secret;
    return {
      ...this.tableEnvironment(),
      CALLBACK_URL: stage.callbackUrl,
      STATEMENT_NAME_PREFIX: statementNamePrefix,
      DATABASE_NAME: databaseConnection.databaseName,
      ...(cluster.clusterIdentifier === undefined ? {} : { CLUSTER_IDENTIFIER: cluster.clusterIdentifier }),
      ...(cluster.workgroupName === undefined ? {} : { WORKGROUP_NAME: cluster.workgroupName }),
      ...(databaseUser._name === undefined ? {} : { DATABASE_USER: databaseUser._name }),
      // The ARN of a secret known only by its name is incomplete; the Data API also accepts the name.
      ...(secret === undefined ? {} : { SECRET_ARN: secret.secretFullArn ?? secret.secretName }),
      MAX_QUERIES_PER_CONNECTION: connectionSettings.maxQueriesPerConnection,
    };
  }

  private messageEnvironment(): Omit<MessageEnvironment, keyof SubmitEnvironment> {
    const seconds = secondsWithin('inlineWait', this.props.inlineWait ?? DEFAULT_INLINE_WAIT, Duration.seconds(0), Duration.seconds(MAX_INLINE_WAIT_SECONDS));
    return { INLINE_WAIT_SECONDS: String(seconds) };
  }

  private deliveryEnvironment(): DeliveryEnvironment {
    const { resultBucket, delivery: { deadLetterQueue } } = this.props;
    return { ...this.statementEnvironment(), RESULT_BUCKET_NAME: resultBucket.bucketName, DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl };
  }
}
