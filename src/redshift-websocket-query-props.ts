import type { RemovalPolicy } from 'aws-cdk-lib';
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
