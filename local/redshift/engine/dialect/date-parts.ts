import { SqlError } from '../sql-engine';
import { SqlToken, trimSpace } from '../sql-tokens';

const NAMES: Record<string, readonly string[]> = {
  millennium: ['millennium', 'millennia', 'mil', 'mils'],
  century: ['century', 'centuries', 'c', 'cent', 'cents'],
  decade: ['decade', 'decades', 'dec', 'decs'],
  year: ['year', 'years', 'y', 'yr', 'yrs'],
  quarter: ['quarter', 'quarters', 'qtr', 'qtrs'],
  month: ['month', 'months', 'mon', 'mons'],
  week: ['week', 'weeks', 'w'],
  day: ['day', 'days', 'd'],
  hour: ['hour', 'hours', 'h', 'hr', 'hrs'],
  minute: ['minute', 'minutes', 'm', 'min', 'mins'],
  second: ['second', 'seconds', 's', 'sec', 'secs'],
  millisecond: ['millisecond', 'milliseconds', 'ms', 'msec', 'msecs', 'msecond', 'mseconds', 'millisec', 'millisecs', 'millisecon'],
  microsecond: ['microsecond', 'microseconds', 'microsec', 'microsecs', 'usecond', 'useconds', 'us', 'usec', 'usecs'],
  dow: ['dayofweek', 'dow', 'dw', 'weekday'],
  doy: ['dayofyear', 'doy', 'dy', 'yearday'],
  epoch: ['epoch'],
  timezone: ['timezone'],
  timezone_hour: ['timezone_hour'],
  timezone_minute: ['timezone_minute'],
};

const CANONICAL = new Map(Object.entries(NAMES).flatMap(([name, spellings]) => spellings.map((spelling) => [spelling, name] as const)));

/** The date parts of DATEDIFF and DATEADD. */
export const COUNTABLE_PARTS = [
  'millennium', 'century', 'decade', 'year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond',
];

/** Parses a date part, with or without quotes, in full or abbreviated. */
export function datePart(argument: readonly SqlToken[], functionName: string, allowed?: readonly string[]): string {
  const [token, ...rest] = trimSpace(argument);
  const written = token?.kind === 'word' ? token.sql : token?.kind === 'string' ? token.sql.slice(1, -1) : undefined;
  const part = written === undefined ? undefined : CANONICAL.get(written.toLowerCase());
  if (part === undefined || rest.length > 0 || (allowed && !allowed.includes(part))) {
    const shown = written ?? trimSpace(argument).map(({ sql }) => sql).join('');
    throw new SqlError(`"${shown}" is not a valid date part of ${functionName}: use a part such as year, month, day, hour or second`, '22023');
  }
  return part;
}
