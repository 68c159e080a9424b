import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ConnectionAccess } from './access/connection-access';
import { descriptionOf } from './cdk/description';
import { validateEnvironments } from './cdk/environment-size';
import { checkForInstance, requireString } from './cdk/prop-checks';
import { makeCodeReadable } from './cdk/readable-files';
import { validDatabaseConnection, warnAboutBroadPermission } from './database/database-connection';
import { FunctionDefaults } from './functions/function-defaults';
import { AccessLogs } from './pipeline/access-logs';
import { ConnectionSettings } from './pipeline/connection-settings';
import { DeliveryQueue } from './pipeline/delivery-queue';
import { PipelineFunctions } from './pipeline/pipeline-functions';
import { RecordTable } from './pipeline/record-table';
import { ResultBucket } from './pipeline/result-bucket';
import { StatementRule } from './pipeline/statement-rule';
import { validateConstructProps, validateQueryProps } from './props-validation';
import { clientTypes, pathOfClientTypes, writeWhenChanged } from './query/client-types';
import { DefinedQueries } from './query/defined-queries';
import type { QueryProps } from './query/query-props';
import type { RedshiftWebSocketQueryProps } from './redshift-websocket-query-props';
import { DEFAULT_QUERY } from './shared/query-definitions';

const requireGrantee = checkForInstance('grantPrincipal', 'give a principal, such as a role, a user or a function');

/**
 * A serverless pipeline that runs Amazon Redshift queries for WebSocket clients. A client connects or sends a message, and the pipeline posts the
 * rows to the client when the statement ends. No function polls while the statement runs, and none waits for longer than `inlineWait`.
 *
 * @example
 * const trips = new RedshiftWebSocketQuery(this, 'TripsByMonth', {
 *   cluster: RedshiftCluster.fromClusterIdentifier('analytics'),
 *   databaseName: 'dev',
 *   databaseUser: DatabaseUser.named('awsuser'),
 *   sql: SqlTemplate.inline('SELECT trip_day, trips FROM trips_by_day WHERE trip_month = :trip_month'),
 *   parameters: { trip_month: QueryParameter.string({ pattern: "^[0-9]{4}-[0-9]{2}$" }) },
 * });
 * new CfnOutput(this, 'Url', { value: trips.url });
 */
export class RedshiftWebSocketQuery extends Construct {
  /** Step 1: the WebSocket API that clients connect to. */
  public readonly webSocketApi: apigatewayv2.WebSocketApi;

  /** The stage of the API. */
  public readonly stage: apigatewayv2.WebSocketStage;

  /** Step 2: accepts connections and starts the query in the URL. */
  public readonly onConnectFunction: lambda.Function;

  /** Step 2: starts queries received as WebSocket messages, and delivers small results of statements that end within `inlineWait`. */
  public readonly onMessageFunction: lambda.Function;

  /** Step 3: stores connections, the requests that wait for each statement, and small results. Its items expire automatically. */
  public readonly table: dynamodb.Table;

  /** Stores the encoded rows of results that are too large for the table. Its objects expire automatically. */
  public readonly resultBucket: s3.Bucket;

  /** Step 5: sends events of ended statements of this construct to the delivery queue. */
  public readonly rule: events.Rule;

  /** Step 5: stores events of ended statements, and jobs that continue later, for SendMessage. Retention: 2 days. Receive count: at most 1,000. */
  public readonly deliveryQueue: sqs.Queue;

  /**
   * Stores jobs that failed repeatedly in SendMessage, and events that EventBridge failed to deliver. Retention: 14 days. No function reads it:
   * create an alarm on its length.
   *
   * To retry its messages after you removed the cause, run `aws sqs start-message-move-task --source-arn <dead-letter queue ARN> --destination-arn
   * <delivery queue ARN>`. The destination is required because undelivered events have no source queue.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  public readonly deadLetterQueue: sqs.Queue;

  /** Step 6: fetches results, stores them, and posts them to clients. */
  public readonly sendMessageFunction: lambda.Function;

  /** Step 8: deletes the records of closed connections. */
  public readonly onDisconnectFunction: lambda.Function;

  /** Issues tickets if `access` is `ConnectionAccess.oneTimeTicket()`; otherwise undefined. See `grantIssueTicket`. */
  public readonly issueTicketFunction?: lambda.Function;

  /**
   * Role of OnConnect, OnMessage and SendMessage. They share it because the Redshift Data API shows a statement only to the role that started it.
   * With `DatabaseUser.iam()`, the name of the role determines the database user.
   */
  public readonly statementRole: iam.IRole;

  /** URL that clients connect to. It begins with `wss://`. */
  public readonly url: string;

  /** URL at which the functions post to connections. It begins with `https://`. */
  public readonly callbackUrl: string;

  private readonly queries: DefinedQueries;
  private readonly functions: PipelineFunctions;
  private readonly access: ConnectionAccess;

  constructor(scope: Construct, id: string, props: RedshiftWebSocketQueryProps) {
    super(scope, id);
    validateConstructProps(props);
    const { access = ConnectionAccess.iam(), encryptionKey } = props;
    const { logRetention = logs.RetentionDays.ONE_MONTH, removalPolicy = RemovalPolicy.DESTROY } = props;
    const databaseConnection = validDatabaseConnection(this, props);
    const connectionSettings = new ConnectionSettings(this, access, props);
    this.access = access;
    this.queries = new DefinedQueries(access._callerIdentity);
    access._validateParameters(Object.keys(props.parameters ?? {}));
    const sqlVariables = this.queries.add(DEFAULT_QUERY, props);
    warnAboutBroadPermission(this, databaseConnection);

    const functionDefaults = new FunctionDefaults(this, 'Surroundings', { ...props, logRetention, removalPolicy });
    this.table = new RecordTable(this, 'Table', { removalPolicy, encryptionKey });
    this.resultBucket = new ResultBucket(this, 'Results', { queries: this.queries, removalPolicy, encryptionKey });
    const accessLogs = props.accessLogs ? new AccessLogs(this, 'AccessLogs', { retention: logRetention, removalPolicy, encryptionKey }) : undefined;
    this.webSocketApi = new apigatewayv2.WebSocketApi(this, 'Api', { description: descriptionOf('RedshiftWebSocketQuery ', this) });
    this.stage = new apigatewayv2.WebSocketStage(this, 'Stage', {
      webSocketApi: this.webSocketApi,
      stageName: connectionSettings.stageName,
      autoDeploy: true,
      throttle: connectionSettings.throttle,
      accessLogSettings: accessLogs?.settings,
    });
    const delivery = new DeliveryQueue(this, 'Delivery', { encryptionKey });
    const rule = new StatementRule(this, 'StatementEnded', { delivery });
    this.functions = new PipelineFunctions(this, 'Functions', {
      queries: this.queries,
      databaseConnection,
      table: this.table,
      stage: this.stage,
      delivery,
      resultBucket: this.resultBucket,
      connectionSettings,
      statementNamePrefix: rule.statementNamePrefix,
      functionDefaults,
      inlineWait: props.inlineWait,
      statementRole: props.statementRole,
    });
    this.functions.addEnvironment(sqlVariables);
    const { authorizer, issueTicketFunction } = access._bind({
      construct: this,
      functions: this.functions,
      functionDefaults,
      table: this.table,
      queries: this.queries,
      allowedOrigins: connectionSettings.allowedOrigins,
    });

    this.url = this.stage.url;
    this.callbackUrl = this.stage.callbackUrl;
    this.deliveryQueue = delivery.queue;
    this.deadLetterQueue = delivery.deadLetterQueue;
    this.rule = rule;
    this.onConnectFunction = this.functions.onConnect;
    this.onMessageFunction = this.functions.onMessage;
    this.sendMessageFunction = this.functions.sendMessage;
    this.onDisconnectFunction = this.functions.onDisconnect;
    this.statementRole = this.functions.statementRole;
    this.issueTicketFunction = issueTicketFunction;
    this.addRoutes(authorizer);
    makeCodeReadable(this);
    validateEnvironments(this);
  }

  /**
   * Adds a query, which clients run by its name. It shares connections, functions, table and bucket with the other queries.
   *
   * Throws if the name is invalid or already used, or if the props are invalid.
   *
   * @example
   * declare const trips: RedshiftWebSocketQuery;
   *
   * trips.addQuery('by_hour', {
   *   sql: SqlTemplate.inline('SELECT trip_hour, trips FROM trips_by_hour WHERE trip_day = CAST(:day AS DATE)'),
   *   parameters: { day: QueryParameter.date() },
   *   timeout: Duration.minutes(2),
   * });
   *
   * @param name name of the query: 1 to 128 letters, digits, underscores, hyphens and periods, beginning with a letter; `default` is the query of the
   *   construct itself
   * @param props statement, parameters and limits
   */
  public addQuery(name: string, props: QueryProps): void {
    requireString('name', name);
    validateQueryProps(props);
    this.access._validateParameters(Object.keys(props.parameters ?? {}));
    this.functions.addEnvironment(this.queries.add(name, props));
  }

  /**
   * Creates a TypeScript declaration, `export interface Queries { … }`, with the names and parameter types of all queries added so far, sorted by
   * name. Parameters that are optional or have a default value have a `?`, those that can be NULL have `| null`, and numbers that can exceed the
   * exact integers of JavaScript are `number | string`.
   *
   * @returns the declaration
   */
  public clientTypes(): string {
    return clientTypes(this.queries.toDefinitions());
  }

  /**
   * Writes `clientTypes()` of all queries to a file at synthesis, unless the file has the same contents. Throws if the directory of the file doesn't
   * exist.
   *
   * @param file path, absolute or relative to the directory where the CDK app runs, such as `page/queries.d.ts`
   */
  public writeClientTypes(file: string): void {
    const absolute = pathOfClientTypes(file);
    // Queries can be added until the app is synthesized, and validation is the last step before it.
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
   * @example
   * declare const trips: RedshiftWebSocketQuery;
   * declare const reports: lambda.Function;
   *
   * trips.grantConnect(reports);
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
   * Allows the back end of an application to issue tickets. It invokes `issueTicketFunction` with `{ "caller": "…", "claims": { … } }`, and receives
   * `{ "ticket": "…", "expiresAt": … }`, in seconds since the epoch. `caller` identifies the user of the application; without it, each ticket has a
   * caller of its own. Only the claims that parameters use are stored: at most 4,096 bytes as JSON.
   *
   * Throws if `access` isn't `ConnectionAccess.oneTimeTicket()`.
   *
   * @example
   * declare const trips: RedshiftWebSocketQuery;
   * declare const backEnd: lambda.Function;
   *
   * trips.grantIssueTicket(backEnd);
   *
   * @param grantee the back end
   * @returns the grant
   */
  public grantIssueTicket(grantee: iam.IGrantable): iam.Grant {
    if (this.issueTicketFunction === undefined) {
      throw new Error('access is not ConnectionAccess.oneTimeTicket(), so there are no tickets: remove grantIssueTicket(), or use access: ConnectionAccess.oneTimeTicket()');
    }
    requireGrantee('grantee', grantee);
    return this.issueTicketFunction.grantInvoke(grantee);
  }

  private addRoutes(authorizer: apigatewayv2.IWebSocketRouteAuthorizer): void {
    const route = (id: string, handler: lambda.Function) => ({ integration: new WebSocketLambdaIntegration(id, handler) });
    this.webSocketApi.addRoute('$connect', { ...route('OnConnect', this.onConnectFunction), authorizer });
    this.webSocketApi.addRoute('$disconnect', route('OnDisconnect', this.onDisconnectFunction));
    this.webSocketApi.addRoute('$default', route('OnMessage', this.onMessageFunction));
  }
}
