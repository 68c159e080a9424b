import { PGliteEngine } from '../../../../local/redshift/engine/pglite-engine';
import { ENDLESS_SQL, openEmptyDatabase, rowsOf, valueOf } from '../../../local/redshift/test-database';

let engine: PGliteEngine;
beforeAll(async () => {
  engine = await openEmptyDatabase();
});
afterAll(() => engine.close());

/** Starts a statement and waits until it runs. */
async function started(sql: string): Promise<{ readonly stop: AbortController; readonly ended: Promise<unknown> }> {
  const stop = new AbortController();
  let ended: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    ended = engine.run(sql, [], { signal: stop.signal, onStart: resolve }).then(() => 'finished', (error) => error.message);
  });
  return { stop, ended };
}

describe('date functions of Redshift', () => {
  it.each([
    ["datediff(second, '2015-01-01 00:00:00.9', '2015-01-01 00:00:01.1')", '1'],
    ["datediff(minute, timestamp '2015-01-01 10:59:59', timestamp '2015-01-01 11:00:00')", '1'],
    ["datediff(h, timestamp '2015-01-01 10:00:00', timestamp '2015-01-01 10:59:59')", '0'],
    ["datediff('day', timestamp '2015-01-01 23:59:59', timestamp '2015-01-02 00:00:00')", '1'],
    ["datediff(day, date '2015-03-01', date '2015-02-28')", '-1'],
    ["datediff(week, '2009-01-01', '2009-12-31')", '52'],
    ["datediff(month, '2015-01-31', '2015-02-01')", '1'],
    ["datediff(qtr, '1998-07-01', date '2008-03-28')", '38'],
    ["datediff(yr, date '2014-12-31', timestamp '2015-01-01 00:00:00')", '1'],
    ["datediff(decade, '2009-12-31', '2010-01-01')", '1'],
    ["datediff(century, '2000-12-31', '2001-01-01')", '1'],
    ["datediff(ms, '2015-01-01 00:00:00.001', '2015-01-01 00:00:01.003')", '1002'],
    ["datediff(us, '2015-01-01 00:00:00', '2015-01-01 00:00:00.000001')", '1'],
    ["datediff(minute, time '10:59:59', time '11:00:00')", '1'],
    ["datediff(hour, '2015-01-01', timestamptz '2015-01-01 00:00:00-05')", '5'],
    ["datediff(day, '1969-12-31 23:59:59', '1970-01-01')", '1'],
    ["dateadd(month, 1, '2008-01-31')", '2008-02-29 00:00:00'],
    ["dateadd(month, 1, '2008-04-30')", '2008-05-30 00:00:00'],
    ["dateadd(day, -30, date '2015-01-01')", '2014-12-02 00:00:00'],
    ["dateadd(qtrs, 2, timestamp '2015-01-01 12:00:00')", '2015-07-01 12:00:00'],
    ["dateadd(ms, 1500, timestamp '2015-01-01')", '2015-01-01 00:00:01.5'],
    ["dateadd(minute, 5, time '23:58:00')", '00:03:00'],
    ["add_months('2008-02-29', 1)", '2008-03-31 00:00:00'],
    ["last_day('2008-02-03')", '2008-02-29'],
    ["date_part(dow, date '2015-01-01')", '4'],
    ["date_part('y', '2015-01-01')", '2015'],
    ["date_part(w, timestamp '2008-06-17 09:44:54')", '25'],
    ["extract(seconds FROM timestamp '2009-09-21 23:59:44.123456')", '44'],
    ["extract(ms FROM timestamp '2009-09-21 23:59:44.123456')", '123'],
    ["extract(us FROM timestamp '2009-09-21 23:59:44.123456')", '123456'],
    ["extract(doy FROM date '2015-12-31')", '365'],
    ["convert_timezone('EST', timestamp '2008-08-21 07:23:54')", '2008-08-21 02:23:54'],
    ["convert_timezone('EST', 'PST', '2008-03-05 12:25:29')", '2008-03-05 09:25:29'],
    ["trunc(timestamp '2011-07-21 10:32:38.248109')", '2011-07-21'],
  ])('return for %s the value %s', async (expression, expected) => {
    expect(await valueOf(engine, `SELECT ${expression}`)).toBe(expected);
  });

  it('return whole seconds from GETDATE and the current time from SYSDATE', async () => {
    expect(await rowsOf(engine, 'SELECT sysdate >= getdate(), sysdate < dateadd(second, 1, getdate()), extract(us FROM getdate()) = 0'))
      .toEqual([['t', 't', 't']]);
  });
});

describe('other syntax of Redshift', () => {
  it.each([
    ["nvl(NULL, NULL, 'c')", 'c'],
    ['nvl2(NULL, 1, 2)', '2'],
    ["nvl2('a', 1, 2)", '1'],
    ["decode(3, 1, 'one', 3, 'three', 'many')", 'three'],
    ["decode(NULL::int, NULL, 'nothing', 'something')", 'nothing'],
    ["decode(2, 1, 'one')", null],
    ["isnull(NULL, 'b')", 'b'],
    ['isnull(3, 4)', '3'],
    ["convert(integer, '5') + 1", '6'],
    ["strtol('abcd1234', 16)", '2882343476'],
    ["strtol('0xF', 16)", '15'],
    ["strtol('-1111', 2)", '-15'],
    ["strtol('7fffffffffffffff', 16)", '9223372036854775807'],
    ["strtol('zz', 36)", '1295'],
    ["months_between('1969-01-18', '1969-03-18')", '-2'],
    ["months_between('2015-03-31', '2015-02-28')", '1'],
    ["months_between(date '2015-03-15', timestamp '2015-01-31 12:00:00')", '1.467741935483871'],
    ["len('naïve')", '5'],
    ["charindex('b', 'abc')", '2'],
    ['round(2.345::float8, 1)', '2.3'],
    ["to_date('20150131', 'YYYYMMDD')", '2015-01-31'],
  ])('returns for %s the value %s', async (expression, expected) => {
    expect(await valueOf(engine, `SELECT ${expression}`)).toBe(expected);
  });

  it.each(["strtol('12', 2)", "strtol('g', 16)", "strtol('1', 37)"])('is rejected when a digit is invalid in the base: %s', async (expression) => {
    await expect(valueOf(engine, `SELECT ${expression}`)).rejects.toThrow('invalid input syntax for type bigint');
  });

  it('subtracts the rows of a query with MINUS', async () => {
    expect(await rowsOf(engine, 'SELECT 1 AS a UNION SELECT 2 MINUS SELECT 2')).toEqual([['1']]);
  });

  it.each([
    ['SELECT 1 AS a, a + 1 AS b', 'column "a" does not exist; a lateral reference to a column alias is not supported by the local database'],
    ['SELECT v * 2 twice, twice + 1 FROM (SELECT 1 AS v) t', 'column "twice" does not exist; a lateral reference'],
    ['SELECT "Twice", 1 AS "Twice"', 'column "Twice" does not exist; a lateral reference'],
    ["SELECT st_distance(1, 'a')", 'function st_distance(integer, unknown) does not exist in the local database'],
  ])('is rejected by name when it is not supported: %s', async (sql, message) => {
    await expect(engine.run(sql, [])).rejects.toThrow(message);
  });

  it('has the original error when a column does not exist', async () => {
    await expect(engine.run('SELECT nope, v AS other FROM (SELECT 1 AS v) t WHERE nope', [])).rejects.toMatchObject({ message: 'column "nope" does not exist' });
  });

  it('joins strings in the order of LISTAGG', async () => {
    expect(await rowsOf(engine, "SELECT listagg(a, '-') WITHIN GROUP (ORDER BY a DESC), listagg(DISTINCT b, ',') WITHIN GROUP (ORDER BY b) "
      + "FROM (SELECT 1 AS a, 'x' AS b UNION ALL SELECT 3, 'y' UNION ALL SELECT 2, 'x') t")).toEqual([['3-2-1', 'x,y']]);
  });

  it('computes SUM of REAL in DOUBLE PRECISION', async () => {
    // 16777217 has no place in a REAL, which holds 24 bits.
    expect(await valueOf(engine, 'SELECT sum(v) FROM (SELECT 16777216::float4 AS v UNION ALL SELECT 1::float4) t')).toBe('16777217');
    expect(await valueOf(engine, 'SELECT sum(v) FROM (SELECT 1::float4 AS v WHERE false) t')).toBeNull();
    const { columns } = await engine.run('SELECT sum(1::float4), avg(1::float4)', []);
    expect(columns?.map(({ typeOid }) => typeOid)).toEqual([701, 701]);
  });

  it('returns an integer from AVG of integers', async () => {
    const numbers = '(SELECT 1 AS v UNION ALL SELECT 2 UNION ALL SELECT NULL) t';
    expect(await rowsOf(engine, `SELECT avg(v), avg(v::smallint), avg(v::bigint), avg(-v) FROM ${numbers}`)).toEqual([['1', '1', '1', '-1']]);
  });

  it('casts a parameter by its context', async () => {
    expect(await valueOf(engine, 'SELECT datediff(day, :from, :until) + :more', { from: '2015-01-01', until: '2015-02-01', more: '1' })).toBe('32');
  });
});

describe('a parameter', () => {
  const zones = "(SELECT 'a' AS zone, 1 AS id, 1.5 AS fare, DATE '2015-01-01' AS day, TIMESTAMP '2015-01-01 10:00' AS ts "
    + "UNION ALL SELECT 'b', 2, 2.5, DATE '2015-01-02', TIMESTAMP '2015-01-02 10:00') t";

  it.each([
    ['is optional, and has a string value', '(:v IS NULL OR zone = :v)', 'a', ['1']],
    ['is optional, and has a number value', '(:v IS NULL OR id = :v)', '2', ['2']],
    ['is optional, and is on the other side', '(zone = :v OR :v IS NULL)', 'b', ['2']],
    ['is compared with a string and with a number', '(zone = :v OR id = :v)', '1', ['1']],
    ['is compared with a day and with a time of it', "(day = :v OR ts <= :v) AND :v <> ''", '2015-01-01 10:00', ['1']],
    ['has a default', 'zone = COALESCE(:v, zone)', 'b', ['2']],
    ['is cast', 'fare > CAST(:v AS DECIMAL(5, 2)) AND fare > :v::DECIMAL(5, 2)', '1.75', ['2']],
    ['chooses a branch', "CASE WHEN :v = 'all' THEN true ELSE zone = :v END", 'all', ['1', '2']],
    ['is in a list', 'id IN (:v, 2)', '1', ['1', '2']],
  ])('is converted at each place when it %s', async (_, condition, v, ids) => {
    expect((await rowsOf(engine, `SELECT id FROM ${zones} WHERE ${condition} ORDER BY id`, { v })).flat()).toEqual(ids);
  });

  it('is one expression in SELECT and GROUP BY', async () => {
    expect(await rowsOf(engine, `SELECT TO_CHAR(ts, :v), COUNT(*) FROM ${zones} GROUP BY TO_CHAR(ts, :v)`, { v: 'YYYY' })).toEqual([['2015', '2']]);
  });

  it('limits rows, and has a default column name, when it is a single value', async () => {
    expect(await rowsOf(engine, `SELECT id FROM ${zones} ORDER BY id LIMIT :one OFFSET :one`, { one: '1' })).toEqual([['2']]);
    const { columns, rows } = await engine.run('SELECT :v, :v AS named', [{ name: 'v', value: "it's \\ 😀" }]);
    expect(columns?.map(({ name }) => name)).toEqual(['?column?', 'named']);
    expect(rows).toEqual([["it's \\ 😀", "it's \\ 😀"]]);
  });

  it.each(['DATE :v', 'TIMESTAMP :v', 'INTERVAL :v'])('is rejected when it follows the name of a type: %s', async (expression) => {
    await expect(rowsOf(engine, `SELECT ${expression}`, { v: '2015-01-01' })).rejects.toThrow('syntax error');
  });

  it('is rejected when it replaces a table', async () => {
    await expect(rowsOf(engine, 'SELECT * FROM :v', { v: 'trips' })).rejects.toThrow('in FROM');
  });
});

describe('a backslash in a string', () => {
  it.each([
    ["'driver\\'s'", "driver's"], ["'a\\\\b'", 'a\\b'], ["'xa_by' LIKE '%a\\\\_b%'", 't'], ["'xaxby' LIKE '%a\\\\_b%'", 'f'],
    ["regexp_replace('a1', '\\\\d', 'x')", 'ax'], ["E'tab\\there'", 'tab\there'],
  ])('is an escape as in Redshift: %s', async (expression, expected) => {
    expect(await valueOf(engine, `SELECT ${expression}`)).toBe(expected);
  });
});

describe('concurrent statements', () => {
  it('run when a long query is active, which can be canceled', async () => {
    const long = await started(ENDLESS_SQL);
    expect(await valueOf(engine, 'SELECT 1')).toBe('1');
    long.stop.abort(new Error('stopped by the user'));
    expect(await long.ended).toBe('stopped by the user');
  });

  it('can be canceled before they start', async () => {
    const running = [await started(ENDLESS_SQL), await started(ENDLESS_SQL)];
    const stop = new AbortController();
    const waiting = engine.run('SELECT 1', [], { signal: stop.signal });
    stop.abort(new Error('no longer wanted'));
    await expect(waiting).rejects.toThrow('no longer wanted');
    running.forEach((statement) => statement.stop.abort(new Error('stopped')));
    expect(await Promise.all(running.map(({ ended }) => ended))).toEqual(['stopped', 'stopped']);
    expect(await valueOf(engine, 'SELECT 1')).toBe('1');
  });

  it('read the same data and random values after a write and after a worker restarts', async () => {
    await engine.run('CREATE TABLE written (a double precision)', []);
    const inserted = await engine.run('INSERT INTO written SELECT random() FROM generate_series(1, 3)', []);
    expect(inserted).toEqual({ rows: [], rowCount: 3 });
    const busy = await started('SELECT count(*) FROM written, generate_series(1, 100000000000)');
    const fromOne = await rowsOf(engine, 'SELECT a FROM written ORDER BY a');
    busy.stop.abort(new Error('stopped'));
    await busy.ended;
    const other = await started(ENDLESS_SQL);
    const fromOther = await rowsOf(engine, 'SELECT a FROM written ORDER BY a');
    other.stop.abort(new Error('stopped'));
    await other.ended;
    expect(fromOne).toHaveLength(3);
    expect(fromOther).toEqual(fromOne);
  });

  it('retain a write that is inside a query', async () => {
    await engine.run('CREATE TABLE hidden (a int)', []);
    expect(await rowsOf(engine, 'WITH w AS (INSERT INTO hidden VALUES (7) RETURNING a) SELECT a FROM w')).toEqual([['7']]);
    expect(await rowsOf(engine, 'SELECT a FROM hidden')).toEqual([['7']]);
  });

  it('reset a setting at the end of its statement', async () => {
    const before = await valueOf(engine, 'SHOW work_mem');
    await engine.run("SET work_mem = '1MB'", []);
    expect(await Promise.all([valueOf(engine, 'SHOW work_mem'), valueOf(engine, 'SHOW work_mem')])).toEqual([before, before]);
  });

  it('change nothing, and return the database error, when a write fails', async () => {
    await expect(engine.run('INSERT INTO nowhere VALUES (1)', [])).rejects.toMatchObject({ message: 'relation "nowhere" does not exist', code: '42P01' });
    expect(await valueOf(engine, 'SELECT 1')).toBe('1');
  });
});
