import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as apigatewayv2 from 'aws-cdk-lib/aws-apigatewayv2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ConnectionAccess } from './connection-access';
import type { DatabaseUser } from './database-user';
import type { QueryProps } from './query-props';
import type { RedshiftCluster } from './redshift-cluster';

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
   * The database in the cluster.
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
   * The name of the stage, the last part of the address.
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
  readonly queriesPerConnection?: number;

  /**
   * How many queries one caller may have in flight on all connections together, of which at most 100 ask. One more is refused, with the code
   * `too_many_queries` and this number. With `ConnectionAccess.open()` nobody is known, and this bounds nothing.
   *
   * A whole number from 1 to 10000.
   *
   * @default 100
   */
  readonly queriesPerCaller?: number;

  /**
   * How long the logs of the functions are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the table, the bucket and the logs when the construct is removed. Table and bucket hold only queries that are being
   * answered and results that are kept for a while; with `RemovalPolicy.DESTROY` the bucket is emptied, too.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}
