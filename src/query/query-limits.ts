import { Duration, SizeRoundingBehavior, Token, Tokenization } from 'aws-cdk-lib';
import type { Size } from 'aws-cdk-lib';
import type { QueryProps } from './query-props';
import { wholeSeconds } from '../cdk/durations';
import type { QueryDefinition } from '../shared/query-definitions';

const DEFAULT_TIMEOUT = Duration.minutes(15);

/** @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html */
const MAX_STATEMENT_TIME = Duration.hours(24);

/** A change of the mobile network or a reload of the page takes less. */
const DEFAULT_RECONNECT_GRACE_PERIOD = Duration.minutes(1);

const MIN_DEFAULT_RETENTION = Duration.hours(1);

const MAX_RETENTION = Duration.days(7);

const DEFAULT_QUERIES_PER_CONNECTION = 20;

/** `OnDisconnect` can delete this number of records within its timeout, even if each request takes 100 ms. */
export const MAX_QUERIES_PER_CONNECTION = 1000;

const DEFAULT_QUERIES_PER_CALLER = 100;

const MAX_QUERIES_PER_CALLER = 10_000;

/** Durations of a query. */
export type QueryTimes = Pick<QueryDefinition, 'timeoutSeconds' | 'reconnectGraceSeconds' | 'resultReuseSeconds' | 'resultRetentionSeconds'>;

/** Durations of a query, and the maximum size of its result. */
export type QueryLimits = QueryTimes & Pick<QueryDefinition, 'maxRows' | 'maxResultBytes'>;

/** Limits of a query for the functions. Throws if a limit is invalid, or contradicts another. */
export function queryLimits(props: QueryProps): QueryLimits {
  return { ...queryTimes(props), ...validMaxRows(props.maxRows), ...validMaxResultSize(props.maxResultSize) };
}

function queryTimes(props: QueryProps): QueryTimes {
  const { timeout = DEFAULT_TIMEOUT, reconnectGracePeriod = DEFAULT_RECONNECT_GRACE_PERIOD, resultReuse = Duration.seconds(0) } = props;
  const timeoutSeconds = validTimeout(timeout);
  const reconnectGraceSeconds = validGracePeriod(reconnectGracePeriod);
  const resultReuseSeconds = validStorageTime('resultReuse', resultReuse);
  const { resultRetention = Duration.seconds(Math.max(MIN_DEFAULT_RETENTION.toSeconds(), resultReuseSeconds)) } = props;
  const resultRetentionSeconds = validStorageTime('resultRetention', resultRetention);
  if (resultRetentionSeconds < resultReuseSeconds) {
    throw new Error(`resultRetention is ${resultRetention}, but resultReuse is ${resultReuse}: a result is reused only while it is stored, `
      + 'so give at least as much, or omit resultRetention');
  }
  return { timeoutSeconds, reconnectGraceSeconds, resultReuseSeconds, resultRetentionSeconds };
}

/** The number of queries that one connection may have in flight, as a string; a number known only at deployment passes unchecked. */
export function maxQueriesPerConnection(limit = DEFAULT_QUERIES_PER_CONNECTION): string {
  return validQueries('maxQueriesPerConnection', limit, MAX_QUERIES_PER_CONNECTION);
}

/** The number of queries that one caller may have in flight, as a string; a number known only at deployment passes unchecked. */
export function maxQueriesPerCaller(limit = DEFAULT_QUERIES_PER_CALLER): string {
  return validQueries('maxQueriesPerCaller', limit, MAX_QUERIES_PER_CALLER);
}

function validQueries(name: string, limit: number, most: number): string {
  if (!Token.isUnresolved(limit) && !(Number.isInteger(limit) && limit >= 1 && limit <= most)) {
    throw new Error(`${name} is ${limit}: give an integer from 1 to ${most}`);
  }
  return Tokenization.stringifyNumber(limit);
}

function validMaxRows(maxRows?: number): Partial<QueryLimits> {
  if (maxRows === undefined) {
    return {};
  }
  if (Token.isUnresolved(maxRows)) {
    throw new Error('maxRows must be known at synthesis, but is a token: write it out');
  }
  if (!Number.isSafeInteger(maxRows) || maxRows < 1) {
    throw new Error(`maxRows is ${maxRows}: give an integer of at least 1`);
  }
  return { maxRows };
}

function validMaxResultSize(maxResultSize?: Size): Partial<QueryLimits> {
  if (maxResultSize === undefined) {
    return {};
  }
  if (maxResultSize.isUnresolved()) {
    throw new Error('maxResultSize must be known at synthesis, but is a token: write it out');
  }
  const maxResultBytes = maxResultSize.toBytes({ rounding: SizeRoundingBehavior.NONE });
  if (!Number.isSafeInteger(maxResultBytes) || maxResultBytes < 1) {
    throw new Error(`maxResultSize is ${maxResultBytes} bytes: give an integer of at least 1 byte`);
  }
  return { maxResultBytes };
}

function validTimeout(timeout: Duration): number {
  const seconds = wholeSeconds('timeout', timeout);
  if (seconds < 1) {
    throw new Error(`timeout is ${timeout}: give at least 1 second`);
  }
  if (seconds > MAX_STATEMENT_TIME.toSeconds()) {
    throw new Error(`timeout is ${timeout}: give at most ${MAX_STATEMENT_TIME.toHours()} hours, the maximum duration of a statement in the Redshift Data API`);
  }
  return seconds;
}

function validGracePeriod(period: Duration): number {
  const seconds = wholeSeconds('reconnectGracePeriod', period);
  if (seconds > MAX_STATEMENT_TIME.toSeconds()) {
    throw new Error(`reconnectGracePeriod is ${period}: give at most ${MAX_STATEMENT_TIME.toHours()} hours, the maximum duration of a statement in the Redshift Data API`);
  }
  return seconds;
}

function validStorageTime(name: string, duration: Duration): number {
  const seconds = wholeSeconds(name, duration);
  if (seconds > MAX_RETENTION.toSeconds()) {
    throw new Error(`${name} is ${duration}: give at most ${MAX_RETENTION.toDays()} days`);
  }
  return seconds;
}
