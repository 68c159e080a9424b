import type { Duration, Size } from 'aws-cdk-lib';
import type { QueryParameter } from './query-parameter';
import type { SqlTemplate } from './sql-template';

/**
 * One query: its statement, what clients may give for its parameters, and its limits.
 */
export interface QueryProps {
  /**
   * The statement that is run for each question, with a placeholder such as `:trip_month` for each parameter.
   */
  readonly sql: SqlTemplate;

  /**
   * The parameters of the statement, by the names of their placeholders; their order has no effect. A value is bound by Redshift and never becomes a
   * part of the SQL text.
   *
   * @default - the statement has no placeholders
   */
  readonly parameters?: { readonly [name: string]: QueryParameter };

  /**
   * How long a query may take, from the question to the last row. Then its statement is cancelled, and its clients are told.
   *
   * A whole number of seconds, from 1 second to 24 hours: the Redshift Data API runs no statement for longer.
   *
   * @default Duration.minutes(15)
   * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
   */
  readonly timeout?: Duration;

  /**
   * How long a query that has not ended continues without a client, so that clients which lost their connection can reconnect and resume it without a
   * second run. Then its statement is canceled, at most 90 seconds later. A client that sends `cancel` ends the query at once, if no other client
   * waits for it and none has left within this time.
   *
   * A whole number of seconds, at most 24 hours. With `Duration.seconds(0)` the statement is canceled as soon as possible.
   *
   * @default Duration.minutes(1)
   */
  readonly reconnectGracePeriod?: Duration;

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
   * The most rows of a result. One that has more is cut there, and its `complete` says `truncated`.
   *
   * A whole number of at least 1.
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
   * @default - the maximum size of a result of the Redshift Data API, 500 MB
   * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
   */
  readonly maxResultSize?: Size;

  /**
   * Whether the statement may be something else than a read, such as INSERT, CALL or UNLOAD. Without it, synthesis refuses such a statement.
   *
   * Everyone who may connect may run it then, as often as they like. And a statement runs once for all who ask the same at the same time, and again where a
   * function failed before it learned that it had been started; so write one that may run once for several, and twice for one.
   *
   * @default false
   */
  readonly allowWrites?: boolean;
}
