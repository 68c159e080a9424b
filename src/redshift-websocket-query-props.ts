import type { RemovalPolicy } from 'aws-cdk-lib';
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
 * What a `RedshiftWebSocketQuery` asks, whom it asks, and who may hear the answer. The query itself is the one that is meant where a client names
 * none; see `addQuery` for more.
 */
export interface RedshiftWebSocketQueryProps extends QueryProps {
  /**
   * The cluster or Serverless workgroup that answers.
   */
  readonly cluster: RedshiftCluster;

  /**
   * The database in the cluster: 1 to 64 letters, digits, and `_`, `+`, `.`, `@`, `-`, beginning with a letter; with `DatabaseUser.secret()`, any name.
   *
   * @default - the database that the endpoint of the cluster names; required otherwise
   */
  readonly databaseName?: string;

  /**
   * How the functions sign in to the database.
   */
  readonly databaseUser: DatabaseUser;

  /**
   * Who may open a connection.
   *
   * @default ConnectionAccess.iam()
   */
  readonly access?: ConnectionAccess;

  /**
   * The origins whose pages may connect, as browsers name them: scheme, host, and port if it is not the default, such as `https://app.example.com`. Pages from
   * elsewhere are refused. What is no browser names no origin, and is not bound by this.
   *
   * Tokens are allowed in the texts. Fails for what no browser says, such as an origin with a path.
   *
   * @default - pages from everywhere
   */
  readonly allowedOrigins?: string[];

  /**
   * How many new connections and messages a second the API takes from all clients together, and how many at once: whole numbers of at least 1, which clients
   * are told.
   *
   * @default - 1000 a second, and 2000 at once
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html
   */
  readonly throttle?: apigatewayv2.ThrottleSettings;

  /**
   * The name of the stage, the last part of the address: 1 to 128 letters, digits, hyphens and underscores.
   *
   * @default 'prod'
   */
  readonly stageName?: string;

  /**
   * How many queries one connection may have in flight. One more is refused, with the code `too_many_queries` and this number.
   *
   * A whole number from 1 to 1000.
   *
   * @default 20
   */
  readonly maxQueriesPerConnection?: number;

  /**
   * Maximum number of queries that one caller has in flight on all its connections together. One more is rejected with the code `too_many_queries`
   * and this number. Queries that arrive within the same few milliseconds can exceed it. A query whose connection is lost counts until the service
   * notices: at most a minute, or ten minutes while the query waits for `more`. With `ConnectionAccess.open()`, callers aren't known and this
   * limit doesn't apply.
   *
   * A whole number from 1 to 10000.
   *
   * @default 100
   */
  readonly maxQueriesPerCaller?: number;

  /**
   * A symmetric key of the customer's, in the same Region, for all that is kept: the table, the queues, the bucket, the logs and the environment of the functions.
   *
   * The roles get what they need of it. A key of the app gets what CloudWatch Logs and EventBridge need, too; the policy of an imported key, such as by
   * `Key.fromKeyArn()`, cannot be changed and must allow it: docs/encryption-and-networks.md of this package shows how. Synthesis warns of it. Fails for a
   * key of another Region.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   * @default - keys that AWS owns or manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Bounds what the roles of the construct may do, whatever their policies say. It is put on each role that the construct makes, and so not on `statementRole`.
   *
   * The role that the AWS CDK makes once in a stack to empty buckets is the stack's: `iam.PermissionsBoundary.of(stack).apply(policy)` covers it, too.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   * @default - no boundary
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;

  /**
   * A role of your own for OnConnect, OnMessage and SendMessage. With `DatabaseUser.iam()` the role's name is the database user, and what the database
   * has granted to it survives the construct if the role does.
   *
   * The role must let `lambda.amazonaws.com` assume it, and no other construct's functions should have it, since they could read its statements. It gets
   * the permissions that it needs; one that is imported with `mutable: false` must have them already: docs/permissions.md of this package lists them.
   *
   * Fails when the trust policy of a role of the app does not let Lambda assume it, and when a role of another stack has a path.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   * @default - a role that the construct makes
   */
  readonly statementRole?: iam.IRole;

  /**
   * The network in which all functions run. From it they must reach by HTTPS the Redshift Data API, Amazon SQS, DynamoDB, Amazon S3 and
   * the management API of API Gateway (`execute-api`), by a NAT gateway or by endpoints; the database itself is reached by the Redshift Data API only.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   * @default - the functions are in no VPC of yours
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the functions. Fails without `vpc`, and when it selects public subnets, from which functions reach nothing.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the functions. Fails without `vpc`, and when the list is empty.
   *
   * @default - one that lets nothing in, and only HTTPS out
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether API Gateway logs each connection and message: when, from which address, on which route, and how it ended. Never the query string, a header, a
   * claim or a body. The log group has the construct's `logRetention`, `removalPolicy` and `encryptionKey`.
   *
   * API Gateway writes logs with a role that is set once for the whole account and Region. Without the role, the deployment fails.
   * Synthesis warns about it once for each stack, until you call
   * `Annotations.of(stack).acknowledgeWarning('cdk-redshift-websocket-query:accessLogs', 'why')`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
   * @default false
   */
  readonly accessLogs?: boolean;

  /**
   * How long the logs of the functions, and the access logs, are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the table, the bucket and the logs when the construct is removed. Table and bucket hold only queries that are being
   * answered and results that are kept for a while; with `RemovalPolicy.DESTROY` the bucket is emptied, too. The queues go with the construct in any
   * case: they hold only what its functions are to do.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}
