import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ConnectionAccess } from './access/connection-access';
import type { DatabaseUser } from './database/database-user';
import type { RedshiftCluster } from './database/redshift-cluster';
import type { QueryProps } from './query/query-props';

/**
 * Props of a `RedshiftWebSocketQuery`: its default query, its database, and the access to it. The default query runs when a client names no query;
 * see `addQuery` for more queries.
 */
export interface RedshiftWebSocketQueryProps extends QueryProps {
  /** Cluster or Serverless workgroup that runs the statements. */
  readonly cluster: RedshiftCluster;

  /**
   * Database in the cluster: 1 to 64 letters, digits and `_`, `+`, `.`, `@`, `-`, beginning with a letter. With `DatabaseUser.secret()`, any name.
   *
   * @default - the database in the endpoint of the cluster; required without one
   */
  readonly databaseName?: string;

  /** How the functions authenticate to the database. */
  readonly databaseUser: DatabaseUser;

  /**
   * Clients that can open connections.
   *
   * @default ConnectionAccess.iam()
   */
  readonly access?: ConnectionAccess;

  /**
   * Origins whose pages can connect, as browsers send them: scheme, host, and port if it isn't the default, such as `https://app.example.com`.
   * Connections from pages of other origins are rejected. Clients that send no `Origin` header, because they aren't browsers, can connect.
   *
   * The strings can have tokens. Throws for a string that isn't an origin, such as one with a path.
   *
   * @default - all origins
   */
  readonly allowedOrigins?: string[];

  /**
   * Maximum number of new connections and messages of all clients together: `rateLimit` per second, and `burstLimit` at once. Clients receive these
   * limits. Above them, API Gateway rejects connect requests with HTTP status 429, and messages with an error, after which the client library sends
   * them again.
   *
   * Integers of at least 1. Throws if one isn't.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html
   * @default - rateLimit 1000, burstLimit 2000
   */
  readonly throttle?: apigatewayv2.ThrottleSettings;

  /**
   * Name of the stage, the last part of the URL: 1 to 128 letters (A to Z, a to z), digits, hyphens and underscores.
   *
   * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html
   * @default 'prod'
   */
  readonly stageName?: string;

  /**
   * Maximum number of queries in flight on a connection. More are rejected with a `too_many_queries` error that contains this number.
   *
   * An integer from 1 to 1000, inclusive.
   *
   * @default 20
   */
  readonly maxQueriesPerConnection?: number;

  /**
   * Maximum number of queries in flight of one caller on all its connections together. More are rejected with a `too_many_queries` error that
   * contains this number. It counts queries, not connections: a caller with more than 100 connections is rejected if each has a query. Queries that
   * arrive within a few milliseconds can exceed it. A query whose connection is lost counts until the service detects the loss: at most 1 minute, or
   * 10 minutes while the query waits for `more`. With `ConnectionAccess.open()`, callers aren't known, and this limit doesn't apply.
   *
   * An integer from 1 to 10000, inclusive.
   *
   * @default 100
   */
  readonly maxQueriesPerCaller?: number;

  /**
   * How long OnMessage waits for the end of a statement that it starts, with `WaitTimeSeconds` of ExecuteStatement. If the statement ends within this
   * time and its result is small, the same invocation delivers the result. A small result has one page, and at most 8 KB when compressed. All other
   * results are delivered after the event that the statement ended, also if the Redshift Data API rejects the wait. Queries in the URL don't wait,
   * because their connection isn't open before OnConnect returns.
   *
   * The function runs while it waits, so you pay for at most this much more Lambda time per statement: see docs/cost.md of this package.
   *
   * An integer number of seconds, from 0 to 10 seconds, inclusive. With `Duration.seconds(0)`, the function doesn't wait.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-calling-considerations-long-polling.html
   * @default Duration.seconds(1)
   */
  readonly inlineWait?: Duration;

  /**
   * Symmetric customer managed key, in the Region of the stack, that encrypts the table, the queues, the bucket, the logs and the environment
   * variables of the functions.
   *
   * The roles get the permissions to use it. The policy of a key of the app gets the permissions that CloudWatch Logs and EventBridge need. The
   * policy of an imported key, such as `Key.fromKeyArn()`, must have them already, and synthesis warns about it: see docs/encryption-and-networks.md
   * of this package. Throws if the key is in another Region.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   * @default - keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Permissions boundary of all roles that the construct creates. It doesn't apply to `statementRole`.
   *
   * To include the role that the AWS CDK creates once per stack to empty buckets, use `iam.PermissionsBoundary.of(stack).apply(policy)`.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   * @default - no permissions boundary
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * Role of OnConnect, OnMessage and SendMessage. With `DatabaseUser.iam()`, the name of the role determines the database user, and a role from
   * elsewhere retains its privileges in the database when the construct is replaced.
   *
   * The role must allow `lambda.amazonaws.com` to assume it. Don't share it with functions of another construct: they could read its statements. The
   * role gets the permissions that it needs; a role imported with `mutable: false` must have them already: see docs/permissions.md of this package.
   *
   * Throws if the trust policy of a role of the app doesn't allow Lambda to assume it, or if a role of another stack has a path.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   * @default - a new role
   */
  readonly statementRole?: iam.IRole;

  /**
   * VPC of all functions. Its subnets need a NAT gateway, because API Gateway has no private endpoint for posts to WebSocket clients, and because the
   * token issuer of `ConnectionAccess.openIdConnect()` or `ConnectionAccess.cognitoUserPool()` must be reachable. VPC endpoints can serve the
   * Redshift Data API, Amazon SQS, DynamoDB and Amazon S3. The functions don't connect to the database itself.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   * @default - no VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of the functions. Throws without `vpc`, or if public subnets are selected, because functions in them have no internet access.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the functions. Throws without `vpc`, or if the list is empty.
   *
   * @default - a new security group that allows only outbound HTTPS
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether API Gateway logs each connection and message: time, IP address, route and status. The logs contain no query strings, headers, claims or
   * bodies.
   *
   * API Gateway writes logs with a role that you set once per account and Region. Without the role, the deployment fails. Synthesis warns about it
   * once per stack, until you call `Annotations.of(stack).acknowledgeWarning('cdk-redshift-websocket-query:accessLogs', 'why')`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
   * @default false
   */
  readonly accessLogs?: boolean;

  /**
   * Retention of the logs of the functions, and of the access logs.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the table, the bucket and the log groups when the construct is deleted. With `RemovalPolicy.DESTROY`, the bucket is emptied
   * first. The queues are always deleted.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}
