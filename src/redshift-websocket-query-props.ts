import type { RemovalPolicy } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { ConnectionAccess } from './connection-access';
import type { DatabaseUser } from './database-user';
import type { QueryParameter } from './query-parameter';
import type { RedshiftCluster } from './redshift-cluster';
import type { SqlTemplate } from './sql-template';

/**
 * What a `RedshiftWebSocketQuery` asks, whom it asks, and who may hear the answer.
 */
export interface RedshiftWebSocketQueryProps {
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
   * The statement that is run for each question, with a placeholder such as `:trip_month` for each parameter.
   */
  readonly sql: SqlTemplate;

  /**
   * The parameters of the statement, by the names of their placeholders. A value is bound by Redshift and never becomes a part of
   * the SQL text.
   *
   * @default - the statement has no placeholders
   */
  readonly parameters?: { readonly [name: string]: QueryParameter };

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
   * How long the logs of the functions are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What becomes of the table and the logs when the construct is removed. The table holds only queries that are being answered.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}
