import type { Duration, Size } from 'aws-cdk-lib';
import type { QueryParameter } from './query-parameter';
import type { SqlTemplate } from './sql-template';

/**
 * Statement, parameters and limits of a query.
 */
export interface QueryProps {
  /**
   * Statement to run, with a placeholder such as `:trip_month` for each parameter.
   */
  readonly sql: SqlTemplate;

  /**
   * Parameters of the statement, by the names of their placeholders. Redshift binds the values, which never become part of the SQL.
   *
   * @default - no parameters
   */
  readonly parameters?: { readonly [name: string]: QueryParameter };

  /**
   * Maximum query duration, from submission to the last row. On timeout, the statement is canceled, and clients receive a `time_limit` error.
   *
   * An integer number of seconds, from 1 second to 24 hours, inclusive, the maximum duration of a statement in the Redshift Data API.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;

  /**
   * How long a running query continues without a client, so that clients that lost their connection can reconnect and resume it. Then its statement
   * is canceled, at most 90 seconds later. A client that sends `cancel` cancels the query immediately, unless it has other subscribers or another
   * client disconnected within this period.
   *
   * An integer number of seconds, from 0 seconds to 24 hours, inclusive. With `Duration.seconds(0)`, the statement is canceled as soon as possible.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
   * @default Duration.minutes(1)
   */
  readonly reconnectGracePeriod?: Duration;

  /**
   * Maximum age of a result that is reused for equal requests, without a new statement. Requests that are equal to a query in flight always share its
   * result.
   *
   * An integer number of seconds, from 0 seconds to 7 days, inclusive.
   *
   * @default Duration.seconds(0)
   */
  readonly resultReuse?: Duration;

  /**
   * How long after its end the result is stored for clients that reconnect: in the table if it is small, otherwise in the bucket.
   *
   * An integer number of seconds, at least `resultReuse` and at most 7 days, inclusive.
   *
   * @default - 1 hour, or `resultReuse` if that is longer
   */
  readonly resultRetention?: Duration;

  /**
   * Maximum number of rows in a result. A larger result is truncated, and its `complete` message has `truncated`.
   *
   * An integer of at least 1.
   *
   * @default - all rows
   */
  readonly maxRows?: number;

  /**
   * Maximum size of a result: of all its `rows` messages together, uncompressed. A larger result is truncated before the row that would exceed the
   * size, and its `complete` message has `truncated`.
   *
   * At least 1 byte.
   *
   * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
   * @default - the maximum size of a result of the Redshift Data API, 500 MB
   */
  readonly maxResultSize?: Size;

  /**
   * Whether the statement can be other than a read, such as INSERT, CALL or UNLOAD. If false, such a statement fails at synthesis.
   *
   * Every client that can connect can run the statement, as often as it wants. Equal requests in flight share one run of the statement, and the
   * statement runs again if a function fails before it stores that the statement started: the statement must allow for both.
   *
   * @default false
   */
  readonly allowWrites?: boolean;
}
