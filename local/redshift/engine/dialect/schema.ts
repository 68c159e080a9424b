import { COUNTABLE_PARTS } from './date-parts';

/** The schema of the Redshift functions. */
export const DIALECT_SCHEMA = 'redshift_words';

/** Session settings. Redshift functions take precedence over PostgreSQL functions. New tables are created in `public`. */
export const SESSION_SQL = `SET search_path = public, ${DIALECT_SCHEMA}, pg_catalog; SET TimeZone = 'UTC'`;

const SECONDS: Record<string, number> = { hour: 3600, minute: 60, second: 1 };
const FRACTIONS: Record<string, number> = { millisecond: 1000, microsecond: 1000000 };
const MONTHS: Record<string, number> = { millennium: 12000, century: 1200, decade: 120, year: 12, quarter: 3, month: 1 };
const CLOCK_PARTS = ['hour', 'minute', 'second', 'millisecond', 'microsecond'];
const EXTRACTED = [
  ...COUNTABLE_PARTS.filter((part) => !['second', 'millisecond', 'microsecond'].includes(part)), 'dow', 'doy', 'epoch',
];

/** An expression that increases by one at each boundary of the date part. */
function boundaries(part: string, date: string): string {
  if (part in FRACTIONS) return `floor(extract(epoch from ${date}) * ${FRACTIONS[part]})`;
  if (part in SECONDS) return `floor(date_part('epoch', ${date}) / ${SECONDS[part]})`;
  if (part === 'day') return `floor(date_part('epoch', ${date}) / 86400)`;
  // 1970-01-01 was a Thursday; weeks begin on Monday, as they do for DATE_TRUNC.
  if (part === 'week') return `floor((date_part('epoch', ${date}) / 86400 + 3) / 7)`;
  if (part === 'century' || part === 'millennium') return `date_part('${part}', ${date})`;
  return `floor((date_part('year', ${date}) * 12 + date_part('month', ${date}) - 1) / ${MONTHS[part]})`;
}

function interval(part: string): string {
  if (part in MONTHS) return `${MONTHS[part]} months`;
  return `1 ${part}`;
}

function define(name: string, parameters: string, result: string, body: string, volatility = 'IMMUTABLE'): string {
  return `CREATE FUNCTION ${DIALECT_SCHEMA}.${name}(${parameters}) RETURNS ${result} LANGUAGE sql ${volatility} PARALLEL SAFE AS $$ SELECT ${body} $$`;
}

function dateFunctions(): string[] {
  return COUNTABLE_PARTS.flatMap((part) => {
    const difference = `(${boundaries(part, '$2')} - ${boundaries(part, '$1')})::bigint`;
    const types = ['timestamp', 'timestamptz', ...(CLOCK_PARTS.includes(part) ? ['time'] : [])];
    return [
      ...types.map((type) => define(`datediff_${part}`, `${type}, ${type}`, 'bigint', difference, 'STABLE')),
      ...types.map((type) => define(`dateadd_${part}`, `bigint, ${type}`, type, `$2 + $1 * interval '${interval(part)}'`, 'STABLE')),
      define(`dateadd_${part}`, 'bigint, date', 'timestamp', `$2::timestamp + $1 * interval '${interval(part)}'`),
    ];
  });
}

function extractFunctions(): string[] {
  return ['timestamp', 'timestamptz', 'time', 'date'].flatMap((type) => [
    ...EXTRACTED
      .filter((part) => type !== 'time' || ['hour', 'minute', 'epoch'].includes(part))
      .filter((part) => type !== 'date' || !CLOCK_PARTS.includes(part))
      .map((part) => define(`extract_${part}`, type, part === 'epoch' ? 'bigint' : 'integer', `floor(date_part('${part}', $1))::${part === 'epoch' ? 'bigint' : 'integer'}`, 'STABLE')),
    ...(type === 'date' ? [] : [
      define('extract_second', type, 'integer', "floor(date_part('second', $1))::integer", 'STABLE'),
      define('extract_millisecond', type, 'integer', "(floor(date_part('milliseconds', $1))::integer % 1000)", 'STABLE'),
      define('extract_microsecond', type, 'integer', "(date_part('microseconds', $1)::integer % 1000000)", 'STABLE'),
    ]),
  ]).concat(['timezone', 'timezone_hour', 'timezone_minute'].map((part) =>
    define(`extract_${part}`, 'timestamptz', 'integer', `date_part('${part}', $1)::integer`, 'STABLE')));
}

/** SUM and AVG of REAL use DOUBLE PRECISION. AVG of integers is an integer. */
const AGGREGATES = [
  define('sum_of_real', 'double precision[]', 'double precision', 'CASE WHEN $1[1] > 0 THEN $1[2] END'),
  `CREATE AGGREGATE ${DIALECT_SCHEMA}.sum(real)
     (SFUNC = float4_accum, STYPE = double precision[], FINALFUNC = ${DIALECT_SCHEMA}.sum_of_real, INITCOND = '{0,0,0}')`,
  define('average_of_integers', 'bigint[]', 'bigint', 'CASE WHEN $1[1] > 0 THEN $1[2] / $1[1] END'),
  `CREATE AGGREGATE ${DIALECT_SCHEMA}.avg(smallint)
     (SFUNC = int2_avg_accum, STYPE = bigint[], FINALFUNC = ${DIALECT_SCHEMA}.average_of_integers, INITCOND = '{0,0}')`,
  `CREATE AGGREGATE ${DIALECT_SCHEMA}.avg(integer)
     (SFUNC = int4_avg_accum, STYPE = bigint[], FINALFUNC = ${DIALECT_SCHEMA}.average_of_integers, INITCOND = '{0,0}')`,
  define('add_bigint', 'numeric[], bigint', 'numeric[]', 'CASE WHEN $2 IS NULL THEN $1 ELSE ARRAY[$1[1] + 1, $1[2] + $2] END'),
  define('average_of_bigints', 'numeric[]', 'bigint', 'CASE WHEN $1[1] > 0 THEN trunc($1[2] / $1[1])::bigint END'),
  `CREATE AGGREGATE ${DIALECT_SCHEMA}.avg(bigint)
     (SFUNC = ${DIALECT_SCHEMA}.add_bigint, STYPE = numeric[], FINALFUNC = ${DIALECT_SCHEMA}.average_of_bigints, INITCOND = '{0,0}')`,
];

const LAST_DAY = "(date_trunc('month', $1) + interval '1 month' - interval '1 day')::date";
const ADD_MONTHS = `CASE WHEN $1::date = ${DIALECT_SCHEMA}.last_day($1)
  THEN ${DIALECT_SCHEMA}.last_day(date_trunc('month', $1) + $2 * interval '1 month') + $1::time ELSE $1 + $2 * interval '1 month' END`;

/** An integer if both dates are the same or the last day of a month. Otherwise, a day is 1/31 of a month. */
const MONTHS_BETWEEN = `CASE
  WHEN date_part('day', $1) = date_part('day', $2) OR ($1::date = ${DIALECT_SCHEMA}.last_day($1) AND $2::date = ${DIALECT_SCHEMA}.last_day($2)) THEN 0
  ELSE (date_part('day', $1) - date_part('day', $2)) / 31 + date_part('epoch', $1::time - $2::time) / (31 * 86400) END
  + (date_part('year', $1) - date_part('year', $2)) * 12 + date_part('month', $1) - date_part('month', $2)`;

/** An invalid digit fails at the cast, so the error contains the digit. */
const STRTOL = `CASE WHEN $2 NOT BETWEEN 2 AND 36 THEN ('base ' || $2)::bigint ELSE (
  SELECT sum(CASE WHEN strpos(digits, digit) BETWEEN 1 AND $2 THEN strpos(digits, digit) - 1 ELSE ('digit ' || digit || ' in base ' || $2)::bigint END
      * power($2::numeric, length(number) - place)) * CASE WHEN $1 LIKE '-%' THEN -1 ELSE 1 END
  FROM (SELECT '0123456789abcdefghijklmnopqrstuvwxyz' AS digits,
      regexp_replace(lower($1), CASE $2 WHEN 16 THEN '^[+-]?(0x)?' ELSE '^[+-]?' END, '') AS number) n,
    LATERAL regexp_split_to_table(number, '') WITH ORDINALITY AS d (digit, place))::bigint END`;

const FUNCTIONS = [
  define('last_day', 'timestamp', 'date', LAST_DAY),
  define('last_day', 'timestamptz', 'date', LAST_DAY, 'STABLE'),
  define('add_months', 'timestamp, bigint', 'timestamp', ADD_MONTHS),
  define('months_between', 'timestamp, timestamp', 'double precision', MONTHS_BETWEEN),
  define('strtol', 'text, integer', 'bigint', STRTOL),
  define('getdate', '', 'timestamp', "date_trunc('second', current_timestamp AT TIME ZONE 'UTC')", 'STABLE'),
  define('sysdate', '', 'timestamp', "current_timestamp AT TIME ZONE 'UTC'", 'STABLE'),
  define('len', 'text', 'integer', 'char_length($1)'),
  define('charindex', 'text, text', 'integer', 'strpos($2, $1)'),
  define('trunc', 'timestamp', 'date', '$1::date'),
  define('round', 'double precision, integer', 'double precision', 'pg_catalog.round($1::numeric, $2)::double precision'),
  define('convert_timezone', 'text, timestamp', 'timestamp', "$2 AT TIME ZONE 'UTC' AT TIME ZONE $1"),
  define('convert_timezone', 'text, text, timestamp', 'timestamp', '$3 AT TIME ZONE $1 AT TIME ZONE $2'),
];

/** Creates the Redshift functions in a database. */
export const DIALECT_SQL: readonly string[] = [
  `DROP SCHEMA IF EXISTS ${DIALECT_SCHEMA} CASCADE`,
  `CREATE SCHEMA ${DIALECT_SCHEMA}`,
  ...dateFunctions(),
  ...extractFunctions(),
  ...AGGREGATES,
  ...FUNCTIONS,
];
