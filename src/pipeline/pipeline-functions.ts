import { Duration, Stack } from 'aws-cdk-lib';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ConnectionSettings } from './connection-settings';
import { SEND_MESSAGE_TIMEOUT } from './delivery-queue';
import { grantStatements } from '../database/statement-permissions';
import type { DatabaseConnection } from '../database/statement-permissions';
import { adoptRole } from '../database/statement-role';
import { DefinitionsLayer } from '../functions/definitions-layer';
import type { FunctionDefaults, FunctionDefaultOptions } from '../functions/function-defaults';
import { OnConnectFunction } from '../functions/on-connect-function';
import { OnDisconnectFunction } from '../functions/on-disconnect-function';
import { OnMessageFunction } from '../functions/on-message-function';
import { SendMessageFunction } from '../functions/send-message-function';
import type { DefinedQueries } from '../query/defined-queries';
import type { DeliveryEnvironment, StatementEnvironment, TableEnvironment } from '../shared/function-environment';

export interface PipelineFunctionsProps {
  readonly queries: DefinedQueries;
  readonly databaseConnection: DatabaseConnection;
  readonly table: dynamodb.Table;
  readonly stage: apigatewayv2.WebSocketStage;
  readonly queue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;
  readonly resultBucket: s3.Bucket;
  readonly maxQueriesPerConnection: string;
  readonly rules: ConnectionSettings;
  readonly statementNamePrefix: string;
  readonly functionDefaults: FunctionDefaults;
  readonly statementRole?: iam.IRole;
}

/**
 * API Gateway waits at most 29 seconds for an integration.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const INTEGRATION_TIMEOUT = Duration.seconds(29);

/** In MB; CPU grows with it, and the functions wait more than they compute. */
const MEMORY_SIZE = 256;

/** In MB; SendMessage holds a page of each result that it sends at the moment. */
const SEND_MESSAGE_MEMORY_SIZE = 1024;

/**
 * What Lambda needs to take messages from a queue for a function.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html
 */
const POLLING_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** How many results one SendMessage sends at once. */
const BATCH_SIZE = 5;

/** Twenty result pages a second are the account's limit: more workers would only wait for each other. */
const MAX_CONCURRENCY = 10;

/** The four functions, their roles and their logs. */
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
    const accepting = {
      layers: [definitions.layer],
      timeout: INTEGRATION_TIMEOUT,
      memorySize: MEMORY_SIZE,
    };
    const asking = { ...this.statementEnvironment(), ...props.rules.submitEnvironment() };
    this.onConnect = new OnConnectFunction(this, 'OnConnect', {
      description: 'Accepts WebSocket connections and starts the query in the URL',
      ...accepting,
      ...this.functionDefaults('OnConnect', this.statementRole),
      environment: { ...asking, ...props.rules.connectEnvironment() },
    });
    this.onMessage = new OnMessageFunction(this, 'OnMessage', {
      description: 'Starts queries received as WebSocket messages',
      ...accepting,
      ...this.functionDefaults('OnMessage', this.statementRole),
      environment: asking,
    });
    // Without the definitions: a run holds the definition that its query was submitted to.
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

  /** Not by `SqsEventSource`, which lets the role also change the visibility of messages and ask for the queue's URL: Lambda does neither. */
  private deliverMessages(): void {
    const { queue } = this.props;
    this.statementRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: POLLING_ACTIONS, resources: [queue.queueArn] }));
    this.sendMessage.addEventSourceMapping('DeliveryQueue', {
      eventSourceArn: queue.queueArn,
      batchSize: BATCH_SIZE,
      maxConcurrency: MAX_CONCURRENCY,
      reportBatchItemFailures: true,
    });
  }

  private prepareStatementRole(): iam.IRole {
    const { table, queue, deadLetterQueue, resultBucket, databaseConnection, functionDefaults } = this.props;
    const role = this.createOrAdoptStatementRole();
    const allow = (actions: string[], ...resources: string[]) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
    grantStatements(this, role, databaseConnection);
    allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'], table.tableArn);
    allow(['sqs:SendMessage'], queue.queueArn, deadLetterQueue.queueArn);
    // Objects are named after runs that do not exist yet. Without s3:ListBucket a missing object is an AccessDenied, which `S3Bucket` understands.
    allow(['s3:GetObject', 's3:PutObject'], resultBucket.arnForObjects('*'));
    allow(['execute-api:ManageConnections'], ...this.connectionsArns());
    functionDefaults.grantKeyUse(role, 'items', 'sending', 'receiving', 'objects');
    return role;
  }

  private createOrAdoptStatementRole(): iam.IRole {
    const { statementRole, functionDefaults } = this.props;
    if (statementRole === undefined) {
      return functionDefaults.createRole(this, 'StatementRole', 'OnConnect, OnMessage and SendMessage');
    }
    const role = adoptRole(this, 'StatementRole', statementRole);
    functionDefaults.prepareRole(role);
    return role;
  }

  /**
   * All connections, which come and go: to post to them and, where a sign-in may end, to close them. `grantManagementApiAccess` would also let the role
   * describe them.
   */
  private connectionsArns(): string[] {
    const { stage, rules } = this.props;
    const methods = rules.identifiesCallers ? ['POST', 'DELETE'] : ['POST'];
    return methods.map((method) => Stack.of(this).formatArn({
      service: 'execute-api', resource: stage.api.apiId, resourceName: `${stage.stageName}/${method}/@connections/*`,
    }));
  }

  private createOnDisconnect(): lambda.Function {
    const { table, queue, functionDefaults } = this.props;
    const role = functionDefaults.createRole(this, 'OnDisconnectRole', 'OnDisconnect');
    role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:Query', 'dynamodb:DeleteItem'], resources: [table.tableArn] }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
    functionDefaults.grantKeyUse(role, 'items', 'sending');
    return new OnDisconnectFunction(this, 'OnDisconnect', {
      description: 'Deletes what is stored for closed WebSocket connections',
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
    const { table, queue, rules } = this.props;
    return { TABLE_NAME: table.tableName, QUEUE_URL: queue.queueUrl, ...rules.tableEnvironment() };
  }

  private statementEnvironment(): StatementEnvironment {
    const { stage, databaseConnection, statementNamePrefix } = this.props;
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
      // The ARN of a secret known only by its name is incomplete; the Data API takes the name as well.
      ...(secret === undefined ? {} : { SECRET_ARN: secret.secretFullArn ?? secret.secretName }),
      MAX_QUERIES_PER_CONNECTION: this.props.maxQueriesPerConnection,
    };
  }

  private deliveryEnvironment(): DeliveryEnvironment {
    const { resultBucket, deadLetterQueue } = this.props;
    return { ...this.statementEnvironment(), RESULT_BUCKET_NAME: resultBucket.bucketName, DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl };
  }
}
