import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
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
   * How long a query may take, from the question to the last row. Then its statement is cancelled, and its clients are told.
   *
   * A whole number of seconds, from 1 second to 24 hours: the Redshift Data API runs no statement for longer.
   *
   * @default Duration.minutes(15)
   * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
   */
  readonly timeLimit?: Duration;

  /**
   * How long after its end a result answers the same question again, without touching Redshift: an answer may be that old. Questions
   * that are asked while the first of them is being answered share its answer in any case.
   *
   * A whole number of seconds, at most 7 days.
   *
   * @default Duration.seconds(0)
   */
  readonly resultReuse?: Duration;

  /**
   * How long after its end a result is kept, encoded as its clients get it, for those that lost their connection and come back for the
   * rest.
   *
   * A whole number of seconds, at least `resultReuse` and at most 7 days.
   *
   * @default - one hour, or `resultReuse` where that is longer
   */
  readonly resultRetention?: Duration;

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
