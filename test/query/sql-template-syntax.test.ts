import { QueryParameter, SqlTemplate } from '../../src';
import { queryProps, construct } from '../support/construct';

function accept(sql: string, ...parameterNames: string[]): void {
  expect(() => construct(queryProps(sql, ...parameterNames))).not.toThrow();
}

/** The error for a template, and the characters at its caret. */
function reject(sql: string, ...parameterNames: string[]): { message: string; pointed: string } {
  try {
    construct(queryProps(sql, ...parameterNames));
  } catch (error) {
    const [message, , line, caret] = (error as Error).message.split('\n');
    return { message, pointed: [...line].slice([...caret].indexOf('^')).join('') };
  }
  throw new Error(`accepted: ${sql}`);
}

describe('a placeholder', () => {
  it.each([
    'SELECT CAST(:a AS DATE), :a::TIMESTAMP, DATE(:a), DATE_TRUNC(\'day\', CAST(:a AS TIMESTAMP))',
    'SELECT EXTRACT(year FROM :a), SUBSTRING(zone FROM :a FOR 2), TRIM(BOTH :a FROM zone), TRIM(:a FROM (:a)) FROM t',
    'SELECT fare FROM t WHERE zone IS DISTINCT FROM :a OR zone IS NOT DISTINCT FROM :a',
    'SELECT ts AT TIME ZONE :a, CONVERT_TIMEZONE(:a, ts) FROM t',
    'SELECT TOP 10 :a, zone FROM t ORDER BY :a, NOT :a LIMIT :a OFFSET :a',
    'SELECT TOP :a zone FROM t',
    'SELECT DISTINCT :a FROM t GROUP BY :a',
    'SELECT * FROM f(:a, 1) JOIN g(:a) ON x = :a',
    'SELECT * FROM (SELECT :a AS x), (SELECT 1 WHERE :a = \'1\') WHERE f(1, :a) IN (1, :a)',
    'SELECT CASE :a WHEN :a THEN :a ELSE :a END, x BETWEEN :a AND :a, x LIKE :a ESCAPE :a, NOT :a, -:a, c[:a] FROM t',
    'SELECT SUM(x) OVER (PARTITION BY :a ORDER BY x ROWS 1 PRECEDING), COALESCE(:a, 1) FROM t',
    'SELECT interval, "date" FROM t WHERE t.interval = :a AND date > :a',
    'SELECT VARCHAR(:a), DECODE(:a, 1, :a), ARRAY(:a, 1)',
    'WITH x AS (SELECT :a AS y) SELECT * FROM x UNION ALL (SELECT :a)',
  ])('is accepted when a value is valid at its place: %s', (sql) => accept(sql, 'a'));

  it.each([
    ['DATE', 'CAST(:a AS DATE)'],
    ['TIMESTAMP', 'CAST(:a AS TIMESTAMP)'],
    ['timestamptz', 'CAST(:a AS TIMESTAMPTZ)'],
    ['TIMESTAMP WITH TIME ZONE', 'CAST(:a AS TIMESTAMP WITH TIME ZONE)'],
    ['TIME', 'CAST(:a AS TIME)'],
    ['VARCHAR', 'CAST(:a AS VARCHAR)'],
    ['INTERVAL', 'DATEADD(day, CAST(:a AS INTEGER), …), or CAST(:a AS INTERVAL DAY TO SECOND)'],
  ])('is rejected when it follows the type %s', (type, remedy) => {
    const { message, pointed } = reject(`SELECT * FROM t WHERE day > ${type} :a`, 'a');
    expect(message).toBe(`the placeholder :a is not a literal, which ${type.toUpperCase()} needs: write ${remedy}`);
    expect(pointed).toBe(':a');
  });

  it.each([
    'SELECT * FROM :a',
    'SELECT * FROM (:a)',
    'SELECT * FROM t, :a',
    'SELECT * FROM t AS x, (SELECT 1) AS y, :a WHERE 1 = 1',
    'SELECT 1 FROM t CROSS JOIN :a',
    'SELECT * FROM (SELECT 1 FROM :a)', '(SELECT 1 FROM :a)',
    'SELECT :a(fare) FROM t',
    'SELECT 1 AS :a',
    'SELECT CAST(x AS :a) FROM t',
    'SELECT x:: :a FROM t',
    'SELECT CAST(x AS VARCHAR(:a)), x::DECIMAL(10, :a) FROM t',
    'SELECT * FROM t JOIN u USING (:a)',
    'SELECT EXTRACT(:a FROM ts) FROM t',
    'SELECT x COLLATE :a FROM t',
    'SELECT SUM(x) OVER :a FROM t', 'SELECT * FROM "s". :a', 'WITH x AS :a SELECT 1',
  ])('is rejected when its place requires a name: %s', (sql) => {
    expect(reject(sql, 'a').message).toBe('the placeholder :a stands for a name here: Redshift binds values only, so write the name out, and a query for each name');
  });

  it.each(["COPY t FROM :a IAM_ROLE 'x' DELIMITER AS :a", "UNLOAD ('SELECT 1') TO :a NULL AS :a", 'COMMENT ON TABLE t IS :a', 'UPDATE t SET x = :a', 'CALL f(:a)'])(
    'is accepted when a write accepts a string at its place: %s', (sql) => {
      const parameters = { a: QueryParameter.string() };
      expect(() => construct({ sql: SqlTemplate.inline(sql), parameters, allowWrites: true })).not.toThrow();
    });

  it.each(['UPDATE :a SET x = 1', 'UPDATE t SET :a = 1', 'DELETE FROM :a', 'CALL :a()', 'INSERT INTO :a VALUES (1)', 'TRUNCATE TABLE :a', 'REFRESH MATERIALIZED VIEW :a'])(
    'is rejected when a write requires a name at its place: %s', (sql) => {
      const parameters = { a: QueryParameter.string() };
      expect(() => construct({ sql: SqlTemplate.inline(sql), parameters, allowWrites: true })).toThrow('the placeholder :a stands for a name here');
    });

  it.each([
    ['SELECT * FROM t ORDER BY fare :a', 'fare'], ['SELECT * FROM t ORDER BY t.fare :a', 'fare'], ['SELECT * FROM t ORDER BY 1 :a', '1'],
    ["SELECT 'x' :a", "'x'"], ['SELECT "x" :a FROM t', '"x"'], ['SELECT :a :a', ':a'],
  ])('is rejected when it follows a value without an operator: %s', (sql, before) => {
    expect(reject(sql, 'a').message).toContain(`the placeholder :a follows ${before} without an operator`);
  });

  it('is rejected when it lacks the parentheses of IN, and after IS', () => {
    expect(reject('SELECT 1 FROM t WHERE zone IN :a', 'a').message).toBe('the placeholder :a needs parentheses: write IN (:a)');
    expect(reject('SELECT 1 FROM t WHERE zone IS :a', 'a').message).toContain('IS takes NULL, TRUE and FALSE only: write = :a');
    expect(reject('SELECT 1 FROM t WHERE zone IS NOT :a', 'a').message).toContain('write <> :a');
  });
});

describe('a colon in quotes or in a comment', () => {
  it.each([
    ["SELECT TO_CHAR(ts, 'HH24:MI:SS') FROM t WHERE m = :MI", 'MI'],
    ["SELECT * FROM t WHERE arn LIKE 'arn:aws:iam::%:role/%' AND role = :role", 'role'],
    ["SELECT '{\"role\":role}', 'a :role b' FROM t WHERE role = :role", 'role'],
    ['SELECT :MI -- as HH24:MI:SS', 'MI'],
    ['SELECT :role /* arn:aws:iam::%:role/% */', 'role'],
  ])('is accepted when the parameter has a placeholder of its own: %s', accept);

  it.each([
    ["':a'", ':a'], ["'%:a%'", "'%' || :a || '%'"], ["E'%:a'", "E'%' || :a"], ['$x$:a $x$', ':a || $x$ $x$'],
  ])('is rejected when it is all that %s has, and the replacement is accepted', (quoted, replacement) => {
    expect(reject(`SELECT :a, ${quoted}`, 'a').message).toContain(`stands inside quotes, where it is not replaced: write ${replacement}, or rename the parameter`);
    accept(`SELECT :a, ${replacement}`, 'a');
  });

  it.each([
    ["'HH24:MI:SS'", "'HH24' || :MI || ':SS'"],
    ["DATE ':MI'", 'CAST(:MI AS DATE)'],
    ["INTERVAL ':MI days'", 'DATEADD(day, CAST(:MI AS INTEGER), …)'],
  ])('is rejected when the parameter has no other placeholder: %s', (quoted, replacement) => {
    expect(reject(`SELECT ${quoted}`, 'MI').message).toContain(`the placeholder :MI stands inside quotes, where it is not replaced: write ${replacement}`);
  });

  it('is rejected as missing when only a comment has the name of the parameter', () => {
    expect(() => construct(queryProps('SELECT 1 -- HH24:MI', 'MI'))).toThrow("the parameter 'MI' has no placeholder");
  });
});

describe('syntax of another language', () => {
  it.each([
    ["SELECT * FROM {{ ref('x') }}", '{{'],
    ['{% if x %} SELECT 1 {% endif %}', '{%'],
    ['{# x #} SELECT 1', '{#'],
    ['SELECT * FROM ${schema}.t', '${schema'],
    ['SELECT * FROM t WHERE $__timeFilter(ts)', '$__timeFilter'],
    ['SELECT $1', '$1'],
    ['SELECT * FROM {table}', '{table}'],
    ['SELECT * FROM #{table}', '{table}'],
    ['SELECT * FROM {}', '{}'], ['SELECT <%= x %>', '<%'], ['SELECT * FROM t WHERE a = ?', '?'], ['SELECT * FROM t WHERE a=?', '?'],
    ['SELECT * FROM t WHERE a = %(id)s', '%(id)s'],
    ['SELECT * FROM t WHERE a IN (%s, %s)', '%s'],
    ['SELECT %s', '%s'],
    ['SELECT 1 LIMIT %d', '%d'],
  ])('is rejected, and its place shown: %s', (sql, mark) => {
    const { message, pointed } = reject(sql);
    expect(message).toBe(`${mark} is not SQL of Redshift, and templates of other languages are not filled in: write :name for a value, and everything else in full`);
    expect(pointed).toMatch(/^[{$<?%]/);
  });

  it('is rejected when it quotes a name', () => {
    expect(reject('SELECT `a` FROM t').message).toBe('` is not a quote in Redshift: write " around a name');
  });

  it.each([
    'SELECT a %(b)s, a % s, a%d, 5 %s, (a) %s, "a" %s FROM t',
    'SELECT @x, a # b, a & b, a ^ b, a | b, ~a, |/ a FROM t', "SELECT '{{ x }}', '${x}', '?', '%s', \"?\" -- {{ ? }}",
    'SELECT a.b[0].c FROM t', 'SELECT a$b FROM t', 'SELECT $x${{ ? }}$x$',
  ])('is not found in SQL of Redshift: %s', (sql) => accept(sql));
});

describe('a character', () => {
  it.each([
    ['SELECT\u00a01', 'U+00A0 (no-break space)'],
    ['SELECT \u200b1', 'U+200B (zero-width space)'],
    ['SELECT 1\ufeff', 'U+FEFF (byte order mark)'],
    ['SELECT a\u00adb FROM t', 'U+00AD (soft hyphen)'],
    ['SELECT 1 \u202e', 'U+202E (right-to-left override)'],
    ['SELECT \u30001', 'U+3000 (ideographic space)'],
    ['SELECT \u00011', 'U+0001'],
    ['SELECT \u000b1', 'U+000B'],
    ['SELECT \u0085 1', 'U+0085'],
    ['SELECT 1\u2028', 'U+2028'],
    ['SELECT a\u2066 FROM t', 'U+2066'],
    ['SELECT \u3164', 'U+3164'],
  ])('is rejected by its name and place when it is invisible: %j', (sql, character) => {
    const { message, pointed } = reject(sql);
    expect(message).toBe(`the invisible character ${character} is not white space in SQL: remove it, or replace it with a space`);
    expect(pointed[0]).toMatch(/[^\w(]/);
  });

  it.each([["SELECT 'a\0'", 'U+0000'], ["SELECT '\ud83d'", 'U+D83D']])('is rejected in a string too when no database stores it: %j', (sql, character) => {
    expect(reject(sql).message).toBe(`the character ${character} cannot be part of a statement: remove it, and save the template as UTF-8`);
  });

  it.each(['SELECT ‘a’', 'SELECT “a” FROM t', 'SELECT ’a’', 'SELECT „a“', 'SELECT «a»', 'SELECT ″a″', 'SELECT ＇a＇'])('is rejected when it is a typographic quote: %s', (sql) => {
    const { message, pointed } = reject(sql);
    expect(message).toBe(`${[...sql][7]} is not a quote in SQL: write ' around a string, and " around a name`);
    expect(pointed).toBe(sql.slice(7));
  });

  it.each(["SELECT '\u00a0\u200b‘a’\u202e', \"a\u00a0“b”\" -- \u00a0 “c”", 'SELECT prix AS l’année, 月 AS número, 😀\t\r\n\f FROM t'])('is accepted in strings, quoted names and comments: %s',
    (sql) => accept(sql));
});

describe('a word that Redshift does not reserve', () => {
  it.each([
    'SELECT CAST(update AS DATE), (update), (delete + 1), (merge.x), (insert) FROM t',
    'SELECT TRIM(delete FROM zone), SUBSTRING(delete FROM 2), SUM(update) FROM t',
    'SELECT (update IS NULL), COUNT(delete), a AS into, t.into FROM t', 'WITH update AS (SELECT 1 AS delete) SELECT (delete) FROM update',
  ])('is accepted as the name of a column: %s', (sql) => accept(sql));

  it.each([
    ['SELEC 1', 'SELEC does not begin a statement: begin with SELECT, WITH, SHOW or EXPLAIN'],
    ['1 + 1', '1 does not begin a statement'],
    ['(', '( does not begin a statement'],
    ['VALUES (1)', 'VALUES does not begin a statement'],
    ['WITH', 'no statement follows WITH: add SELECT …'],
    ['WITH a AS (SELECT 1)', 'no statement follows WITH'],
    ['WITH a AS (SELECT 1) SELEC 1', 'SELEC does not begin a statement'],
    ['EXPLAIN', 'no statement follows EXPLAIN'],
    ['EXPLAIN VERBOSE', 'no statement follows EXPLAIN'],
    ['EXPLAIN SELEC', 'SELEC does not begin a statement'], ["'SELECT 1'", "'SELECT 1' does not begin a statement"],
  ])('is rejected without a hint at allowWrites when no statement begins with it: %s', (sql, message) => {
    expect(reject(sql).message).toContain(message);
    expect(reject(sql).message).not.toContain('allowWrites');
  });

  it.each(['SELECT * FROM (UPDATE s."t" AS x SET a = 1)', 'WITH a AS (INSERT INTO t VALUES (1)) SELECT 1', 'SELECT 1 WHERE x IN (DELETE FROM t)'])(
    'is rejected when it changes data: %s', (sql) => {
      expect(reject(sql).message).toContain('makes the statement something else than a read: set allowWrites');
    });
});
