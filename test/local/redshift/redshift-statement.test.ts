import { hasSeveralStatements, prepareStatement } from '../../../local/redshift/engine/redshift-statement';
import { joinTokens, tokenize } from '../../../local/redshift/engine/sql-tokens';

function prepare(sql: string, parameters: Record<string, string> = {}) {
  return prepareStatement(sql, Object.entries(parameters).map(([name, value]) => ({ name, value })));
}

describe('named parameters', () => {
  it('become strings without a type when they are bound', () => {
    expect(prepare('SELECT :one, :two', { one: "'; DROP TABLE t", two: '\\' }).sql)
      .toBe("SELECT CAST(E'''; DROP TABLE t' AS unknown), CAST(E'\\\\' AS unknown)");
  });

  it('are rejected when a value has a null character, which PostgreSQL cannot store', () => {
    expect(() => prepare('SELECT :x', { x: 'a\0b' })).toThrow('invalid byte sequence');
  });

  it.each([
    ['a string', "SELECT ':x'"],
    ['a string with a doubled quote', "SELECT 'it''s :x'"],
    ['a string with escapes', "SELECT E'\\':x', E'\\\\'"],
    ['a dollar-quoted string', 'SELECT $a$ :x $$ :x $a$'],
    ['a quoted identifier', 'SELECT 1 AS "a"":x"'],
    ['a line comment', 'SELECT 1 -- :x'],
    ['a nested block comment', 'SELECT 1 /* /* */ :x */'],
    ['a cast', 'SELECT a::x FROM t'],
  ])('are not replaced in %s', (_where, sql) => {
    expect(prepare(sql).sql).toBe(sql);
  });

  it('are replaced when a cast follows', () => {
    expect(prepare('SELECT :x::int, a::int', { x: '1' }).sql).toBe("SELECT CAST(E'1' AS unknown)::int, a::int");
  });

  it('fail at the colon when they have no value', () => {
    expect(() => prepare('SELECT :x')).toThrow('syntax error at or near ":"');
  });

  it('are rejected when they are positional', () => {
    expect(() => prepare('SELECT $1, :x', { x: '1' })).toThrow('positional parameters are not supported: $1');
  });
});

describe('a string with a backslash', () => {
  it.each([
    ["'driver\\'s'", "E'driver\\'s'"], ["N'a\\\\b'", "E'a\\\\b'"], ["e'\\n'", "E'\\n'"], ["'a'", "'a'"], ['$$\\$$', '$$\\$$'], ['"a\\"', '"a\\"'],
  ])('becomes an escaped string of PostgreSQL when it is translated: %s', (sql, translated) => {
    expect(prepare(`SELECT ${sql}`).sql).toBe(`SELECT ${translated}`);
  });
});

describe('a statement', () => {
  it.each(["SELECT 1e5, .5, 'a', \"b\", $$c$$, d$e /* f */ -- g\n::h :i", 'é <> «»', '', 'a:b::c[1:2]'])('is unchanged when it is tokenized and joined: %s', (sql) => {
    expect(joinTokens(tokenize(sql))).toBe(sql);
  });

  it.each(["SELECT 'a", 'SELECT "a', 'SELECT /* a', 'SELECT $$ a'])('is rejected when it is unterminated: %s', (sql) => {
    expect(() => prepare(sql)).toThrow('unterminated');
  });

  it.each([
    ['SELECT 1', false], ['SELECT 1;', false], ['SELECT 1; -- end\n ;', false], ["SELECT ';' ; ", false], ['SELECT 1; SELECT 2', true],
  ])('is distinguished from several statements: %s', (sql, several) => {
    expect(hasSeveralStatements(sql)).toBe(several);
  });

  it('is rejected when it contains only a comment', () => {
    expect(() => prepare('-- nothing')).toThrow('the statement is empty');
  });

  it.each([
    ["UNLOAD ('select 1') TO 's3://b'", 'UNLOAD'],
    ["/* x */ copy t FROM 's3://b'", 'COPY'],
    ['CREATE EXTERNAL TABLE s.t (a int)', 'CREATE EXTERNAL'],
    ['create model m FROM t', 'CREATE MODEL'],
    ['BEGIN', 'BEGIN'],
    ['CREATE TABLE t (a SUPER)', 'the type SUPER'],
    ['SELECT a::super FROM t', 'the type SUPER'],
    ['SELECT CAST(a AS GEOMETRY) FROM t', 'the type GEOMETRY'],
    ["SELECT json_parse('{}')", 'JSON_PARSE'],
    ['SELECT TOP 5 a FROM t', 'TOP'],
    ['SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1', 'QUALIFY'],
    ['SELECT * FROM t PIVOT (count(*) FOR a IN (1))', 'PIVOT'],
    ['SELECT APPROXIMATE COUNT(DISTINCT a) FROM t', 'APPROXIMATE'],
    ['SELECT * EXCLUDE (a) FROM t', '* EXCLUDE (name the columns)'],
    ['SELECT a, t.* exclude b FROM t', '* EXCLUDE'],
    ['SELECT a, count(*) FROM t GROUP BY ALL', 'GROUP BY ALL (name the columns)'],
    ['SELECT TRY_CAST(a AS int) FROM t', 'the function TRY_CAST'],
    ['SELECT sha2(a, 256), next_day(b, 1) FROM t', 'the function SHA2'],
    ['SELECT lag(a) IGNORE NULLS OVER (ORDER BY b) FROM t', 'IGNORE NULLS'],
    ['SELECT a FROM t START WITH a = 1 CONNECT BY PRIOR a = b', 'CONNECT BY'],
    ['SELECT listagg(a) OVER (PARTITION BY b) FROM t', 'LISTAGG as a window function'],
  ])('is rejected by name when only Redshift supports it: %s', (sql, name) => {
    expect(() => prepare(sql)).toThrow(`${name}`);
    expect(() => prepare(sql)).toThrow('is not supported by the local database');
  });

  it('is accepted when unsupported keywords are names', () => {
    const sql = 'SELECT t.top, super, "qualify", a * exclude, object, ignore, connect FROM t UNION ALL SELECT count(ALL a)';
    expect(prepare(sql).sql).toBe(sql);
  });

  it('is rejected by name when its date part is unknown', () => {
    expect(() => prepare('SELECT datediff(fortnight, a, b) FROM t')).toThrow('"fortnight" is not a valid date part of datediff');
    expect(() => prepare('SELECT dateadd(dow, 1, a) FROM t')).toThrow('"dow" is not a valid date part of dateadd');
  });
});

describe('CREATE TABLE', () => {
  it.each([
    ['CREATE TABLE t (a int ENCODE zstd DISTKEY SORTKEY, b varchar(5)) DISTSTYLE KEY', 'CREATE TABLE t (a int   , b varchar(5)) '],
    ['CREATE TABLE t (sortkey int SORTKEY)', 'CREATE TABLE t (sortkey int )'],
    ['CREATE TABLE t (a int) BACKUP NO DISTKEY(a) COMPOUND SORTKEY(a, b)', 'CREATE TABLE t (a int)   '],
    ['CREATE TABLE t (a int) INTERLEAVED SORTKEY (a);', 'CREATE TABLE t (a int) '],
    ['CREATE TABLE t (a int) SORTKEY AUTO ENCODE AUTO', 'CREATE TABLE t (a int)  '],
    ['CREATE TABLE t DISTKEY(a) AS SELECT 1 AS a', 'CREATE TABLE t  AS SELECT 1 AS a'],
    ['CREATE TABLE t (a bigint IDENTITY(5, 2))', 'CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY (START WITH 5 INCREMENT BY 2))'],
    ['CREATE TABLE t (a VARCHAR(MAX))', 'CREATE TABLE t (a VARCHAR(65535))'],
  ])('is translated without Redshift storage options: %s', (sql, translated) => {
    expect(prepare(sql).sql.replace(/ +/g, ' ').trim()).toBe(translated.replace(/ +/g, ' ').trim());
  });

  it('is rejected when a clause is incomplete', () => {
    expect(() => prepare('CREATE TABLE t (a int) DISTSTYLE NEAR')).toThrow('one of AUTO, EVEN, KEY, ALL must follow');
    expect(() => prepare('CREATE TABLE t (a int) SORTKEY')).toThrow('a list of columns must follow');
  });
});
