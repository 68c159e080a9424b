import { Annotations, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ConnectionAccess } from './access/connection-access';
import { descriptionOf } from './cdk/description';
import { validateEnvironments } from './cdk/environment-size';
import { checkForInstance, describeValue, requireString } from './cdk/prop-checks';
import { makeCodeReadable } from './cdk/readable-files';
import { validateDatabaseName } from './database/database-user';
import type { DatabaseConnection } from './database/statement-permissions';
import { FunctionDefaults } from './functions/function-defaults';
import { accessLogSettings, warnAboutLoggingRole } from './pipeline/access-logs';
import { ConnectionSettings } from './pipeline/connection-settings';
import { DeliveryQueue } from './pipeline/delivery-queue';
import { PipelineFunctions } from './pipeline/pipeline-functions';
import { ResultBucket } from './pipeline/result-bucket';
import { statementEventRule, statementNamePrefix } from './pipeline/statement-events';
import { validateConstructProps, validateQueryProps } from './props-validation';
import { clientTypes, pathOfClientTypes, writeWhenChanged } from './query/client-types';
import { DefinedQueries } from './query/defined-queries';
import { maxQueriesPerConnection } from './query/query-limits';
import type { QueryProps } from './query/query-props';
import type { RedshiftWebSocketQueryProps } from './redshift-websocket-query-props';
import { DEFAULT_QUERY } from './shared/query-definitions';
import { KEYS } from './shared/table-keys';

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
const STAGE_NAME = /^[\w-]{1,128}$/;

const requireGrantee = checkForInstance('grantPrincipal', 'give a principal, such as a role, a user or a function');

/**
 * Answers a Redshift query over a WebSocket: a client connects or sends a message, and the rows are pushed to it when Redshift
 * has them. Nothing waits and nothing polls meanwhile.
 */
export class RedshiftWebSocketQuery extends Construct {
  /** Step 1: the WebSocket API that clients connect to. */
  public readonly webSocketApi: apigatewayv2.WebSocketApi;

  /** The stage of the API. */
  public readonly stage: apigatewayv2.WebSocketStage;

  /** Step 2: accepts a connection, and starts the query that its address asks for. */
  public readonly onConnectFunction: lambda.Function;

  /** Step 2: starts the query that a message asks for. */
  public readonly onMessageFunction: lambda.Function;

  /** Step 3: remembers who waits for which statement, and keeps results while they are small. */
  public readonly table: dynamodb.Table;

  /** Keeps the encoded rows of results that the table does not hold, until they are of no more use; they expire by themselves. */
  public readonly resultBucket: s3.Bucket;

  /** Step 5: takes the events of this construct's statements to the delivery queue. */
  public readonly rule: events.Rule;

  /** Between the rule and SendMessage: statements that have ended, and work that waits its turn. */
  public readonly deliveryQueue: sqs.Queue;

  /**
   * What SendMessage failed at several times, and events that EventBridge could not deliver. Nothing reads it: set an alarm on its length.
   *
   * Once the cause is gone, have it all done again:
   * `aws sqs start-message-move-task --source-arn <dead-letter queue ARN> --destination-arn <delivery queue ARN>`.
   * Name the destination: an event that could not be delivered has no queue to go back to.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  public readonly deadLetterQueue: sqs.Queue;

  /** Step 6: fetches a result, keeps it, and posts it to the clients that wait for it. */
  public readonly sendMessageFunction: lambda.Function;

  /** Step 8: removes what was stored for a connection that has ended. */
  public readonly onDisconnectFunction: lambda.Function;

  /** Issues tickets, where `access` is `ConnectionAccess.oneTimeTicket()`; see `grantIssueTicket`. */
  public readonly issueTicketFunction?: lambda.Function;

  /**
   * The role of OnConnect, OnMessage and SendMessage. It is one role because the Redshift Data API shows a statement only to
   * the role that started it; with `DatabaseUser.iam()` its name is the database user.
   */
  public readonly statementRole: iam.IRole;

  /** The address that clients connect to, beginning with `wss://`. */
  public readonly url: string;

  /** The address at which the functions post to connections, beginning with `https://`. */
  public readonly callbackUrl: string;

  private readonly queries: DefinedQueries;
  private readonly functions: PipelineFunctions;
  private readonly access: ConnectionAccess;

  constructor(scope: Construct, id: string, props: RedshiftWebSocketQueryProps) {
    super(scope, id);
    validateConstructProps(props);
    const { access = ConnectionAccess.iam(), encryptionKey } = props;
    const { logRetention = logs.RetentionDays.ONE_MONTH, removalPolicy = RemovalPolicy.DESTROY } = props;
    const databaseConnection = databaseConnectionOf(this, props);
    this.access = access;
    const rules = new ConnectionSettings(this, access, props);
    this.queries = new DefinedQueries(access._callerIdentity);
    access._validateParameters(Object.keys(props.parameters ?? {}));
    const variables = this.queries.add(DEFAULT_QUERY, props);
    const queriesPerConnection = maxQueriesPerConnection(props.maxQueriesPerConnection);
    warnAboutBroadPermission(this, databaseConnection);
    if (props.accessLogs) {
      warnAboutLoggingRole(this);
    }

    const functionDefaults = new FunctionDefaults(this, 'Surroundings', { ...props, logRetention, removalPolicy });
    this.table = this.createTable(removalPolicy, encryptionKey);
    this.resultBucket = new ResultBucket(this, 'Results', { queries: this.queries, removalPolicy, encryptionKey });
    this.webSocketApi = new apigatewayv2.WebSocketApi(this, 'Api', { description: descriptionOf('RedshiftWebSocketQuery ', this) });
    this.stage = new apigatewayv2.WebSocketStage(this, 'Stage', {
      webSocketApi: this.webSocketApi,
      stageName: validStageName(props.stageName),
      autoDeploy: true,
      throttle: rules.throttle,
      accessLogSettings: props.accessLogs ? accessLogSettings(functionDefaults.createLogGroup(this, 'AccessLogs')) : undefined,
    });
    this.url = this.stage.url;
    this.callbackUrl = this.stage.callbackUrl;

    const delivery = new DeliveryQueue(this, 'Delivery', encryptionKey);
    this.deliveryQueue = delivery.queue;
    this.deadLetterQueue = delivery.deadLetterQueue;
    this.rule = statementEventRule(this, 'StatementEnded', delivery);

    this.functions = new PipelineFunctions(this, 'Functions', {
      queries: this.queries,
      databaseConnection,
      table: this.table,
      stage: this.stage,
      queue: delivery.queue,
      deadLetterQueue: delivery.deadLetterQueue,
      resultBucket: this.resultBucket,
      maxQueriesPerConnection: queriesPerConnection,
      rules,
      statementNamePrefix: statementNamePrefix(this),
      functionDefaults,
      statementRole: props.statementRole,
    });
    this.functions.addEnvironment(variables);
    this.onConnectFunction = this.functions.onConnect;
    this.onMessageFunction = this.functions.onMessage;
    this.sendMessageFunction = this.functions.sendMessage;
    this.onDisconnectFunction = this.functions.onDisconnect;
    this.statementRole = this.functions.statementRole;
    const { authorizer, issueTicketFunction } = access._bind({
      construct: this,
      functions: this.functions,
      functionDefaults,
      table: this.table,
      queries: this.queries,
      allowedOrigins: rules.allowedOrigins,
    });
    this.issueTicketFunction = issueTicketFunction;
    this.addRoutes(authorizer);
    makeCodeReadable(this);
    validateEnvironments(this);
  }

  /**
   * Adds a query, which clients ask by its name. It shares the connections, the functions and the table with all others.
   *
   * Fails when the name is taken, or when the query cannot work; see the props.
   *
   * @param name at most 128 letters, digits, underscores, hyphens and full stops, beginning with a letter; `default` is the query of the construct itself
   * @param props the query
   */
  public addQuery(name: string, props: QueryProps): void {
    requireString('name', name);
    validateQueryProps(props);
    this.access._validateParameters(Object.keys(props.parameters ?? {}));
    this.functions.addEnvironment(this.queries.add(name, props));
  }

  /**
   * The types of all queries added so far, and of their parameters, as a TypeScript declaration: `export interface Queries { … }`, for clients that are
   * checked by the TypeScript compiler. Queries and parameters are sorted by name. What is optional or has a default has a `?`; what may be NULL has
   * `| null`; a number that JavaScript may not hold exactly is `number | string`.
   */
  public clientTypes(): string {
    return clientTypes(this.queries.toDefinitions());
  }

  /**
   * Writes `clientTypes()` of all queries to a file when the app is synthesized. A file that holds them already is left as it is.
   *
   * @param file its path, absolute or relative to the directory where the CDK app runs, such as `page/queries.d.ts`; its directory must be there
   */
  public writeClientTypes(file: string): void {
    const absolute = pathOfClientTypes(file);
    // Queries may be added until the app is synthesized, and this is the last that it asks of a construct.
    this.node.addValidation({
      validate: () => {
        writeWhenChanged(absolute, this.clientTypes());
        return [];
      },
    });
  }

  /**
   * Allows a principal to open connections. Throws if `access` isn't `ConnectionAccess.iam()`.
   *
   * @param grantee the role, user or function that connects
   * @returns the grant
   */
  public grantConnect(grantee: iam.IGrantable): iam.Grant {
    if (this.access._callerIdentity !== 'iam') {
      throw new Error('access is not ConnectionAccess.iam(), so no IAM permission lets a client connect: remove grantConnect(), or use access: ConnectionAccess.iam()');
    }
    requireGrantee('grantee', grantee);
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [Stack.of(this).formatArn({
        service: 'execute-api',
        resource: this.webSocketApi.apiId,
        resourceName: `${this.stage.stageName}/$connect`,
      })],
    });
  }

  /**
   * Lets the back end of an application ask for tickets where `access` is `ConnectionAccess.oneTimeTicket()`: it invokes `issueTicketFunction` with
   * `{ "caller": "…", "claims": { … } }`, and gets `{ "ticket": "…", "expiresAt": … }`. `caller` names the user in the application; left out, the ticket is for a
   * caller of its own. Of `claims` those are kept that parameters are bound from. `expiresAt` is in seconds since the epoch.
   *
   * Fails where `access` is another one.
   *
   * @param grantee the back end
   */
  public grantIssueTicket(grantee: iam.IGrantable): iam.Grant {
    if (this.issueTicketFunction === undefined) {
      throw new Error('there are no tickets to issue: give the construct access: ConnectionAccess.oneTimeTicket()');
    }
    requireGrantee('grantee', grantee);
    return this.issueTicketFunction.grantInvoke(grantee);
  }

  private createTable(removalPolicy: RemovalPolicy, encryptionKey?: kms.IKey): dynamodb.Table {
    return new dynamodb.Table(this, 'Table', {
      partitionKey: { name: KEYS.partitionKey, type: dynamodb.AttributeType.STRING },
      sortKey: { name: KEYS.sortKey, type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: KEYS.expiresAt,
      ...encryptionKey && { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey },
      removalPolicy,
    });
  }

  private addRoutes(authorizer: apigatewayv2.IWebSocketRouteAuthorizer): void {
    const route = (id: string, handler: lambda.Function) => ({ integration: new WebSocketLambdaIntegration(id, handler) });
    this.webSocketApi.addRoute('$connect', { ...route('OnConnect', this.onConnectFunction), authorizer });
    this.webSocketApi.addRoute('$disconnect', route('OnDisconnect', this.onDisconnectFunction));
    this.webSocketApi.addRoute('$default', route('OnMessage', this.onMessageFunction));
  }
}

function validStageName(stageName = 'prod'): string {
  if (!Token.isUnresolved(stageName) && !STAGE_NAME.test(stageName)) {
    throw new Error(`stageName ${describeValue(stageName)} is not the name of a stage: use 1 to 128 letters, digits, hyphens and underscores`);
  }
  return stageName;
}

function databaseConnectionOf(scope: Construct, props: RedshiftWebSocketQueryProps): DatabaseConnection {
  const { cluster, databaseName = cluster.databaseName, databaseUser } = props;
  if (!databaseName) {
    throw new Error('databaseName is missing: name the database, or give an endpoint that ends in it, such as …:5439/dev');
  }
  if (databaseUser._secret === undefined) {
    validateDatabaseName(databaseName);
  }
  if (cluster.databaseName !== undefined && cluster.databaseName !== databaseName) {
    throw new Error(`databaseName is '${databaseName}', but the endpoint names the database '${cluster.databaseName}': leave one of them out`);
  }
  if (cluster.workgroupName !== undefined && databaseUser._name !== undefined) {
    throw new Error(`the database user '${databaseUser._name}' cannot sign in to the Serverless workgroup '${cluster.workgroupName}' by name: `
      + 'use DatabaseUser.iam() or DatabaseUser.secret()');
  }
  const { region, account } = Stack.of(scope);
  if (cluster._region !== undefined && !Token.isUnresolved(region) && cluster._region !== region) {
    throw new Error(`the cluster is in ${cluster._region}, but the stack is in ${region}: the Redshift Data API reaches only its own Region, so deploy the stack there`);
  }
  if (cluster._account !== undefined && !Token.isUnresolved(account) && cluster._account !== account) {
    throw new Error(`the workgroup is in the account ${cluster._account}, but the stack is in ${account}: the Redshift Data API reaches only its own account, `
      + 'so deploy the stack there');
  }
  return { cluster, databaseName, databaseUser };
}

function warnAboutBroadPermission(scope: Construct, { cluster }: DatabaseConnection): void {
  if (cluster.workgroupName !== undefined && cluster.workgroupArn === undefined) {
    Annotations.of(scope).addWarningV2(
      'cdk-redshift-websocket-query:workgroupArn',
      `the ARN of the workgroup '${Token.isUnresolved(cluster.workgroupName) ? 'known at deployment' : cluster.workgroupName}' is not known, so its functions may run `
      + 'statements on every workgroup of the account in this Region: use RedshiftCluster.fromWorkgroupArn()',
    );
  }
}
