import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Aws, Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { QueryParameter, SqlTemplate } from '../../src';
import { queryProps, construct, templateOf } from '../support/construct';

describe('SqlTemplate with valid SQL', () => {
  it.each([
    ['each placeholder has a parameter', 'SELECT :a, :b', ['a', 'b']],
    ['a placeholder occurs twice', 'SELECT :a, :a', ['a']],
    ['a cast follows', 'SELECT :a::DATE, b::INT FROM t', ['a']],
    ['a string has a colon', "SELECT ':b', '10:30', :a", ['a']],
    ['a string has a doubled quote', "SELECT 'it''s :b', :a", ['a']],
    ['a string has an escaped quote', "SELECT 'it\\'s :b', E'\\':b', :a", ['a']],
    ['a string has a cast of a name', "SELECT '1::a', :a", ['a']],
    ['a name has a colon', 'SELECT ":b", :a', ['a']],
    ['a comment has a colon, a quote and a semicolon', "SELECT :a -- :b 'c;\n/* :d /* ; */ ' */", ['a']],
    ['a dollar quote has a colon and a semicolon', 'SELECT $x$ :b; $x$, :a', ['a']],
    ['it ends in a semicolon and a comment', 'SELECT :a; -- done', ['a']],
    ['it is a read in parentheses', '(SELECT 1) UNION (SELECT 2)', []],
    ['it begins with a comment', '-- trips\nselect 1', []],
    ['it has a common table expression', 'WITH a (x) AS (SELECT (1)), b AS (SELECT x FROM a) SELECT * FROM b', []],
    ['it has a common table expression before parentheses', 'WITH RECURSIVE a AS (SELECT 1) (SELECT * FROM a)', []],
    ['it is a SHOW statement', 'SHOW search_path', []],
    ['it explains a read', 'EXPLAIN VERBOSE SELECT 1', []],
    ['a column has the name of a verb', 'SELECT (update), t.into, count(delete), (merge + 1) FROM t', []],
    ['a string has the name of a verb', "SELECT 'INTO (DELETE FROM t)'", []],
  ])('is accepted when %s', (_, sql, parameterNames) => {
    expect(() => construct(queryProps(sql, ...parameterNames))).not.toThrow();
  });

  it.each([
    'SELECT * INTO copy FROM trips',
    'WITH a AS (DELETE FROM trips) SELECT 1',
    'CALL refresh(:a)',
    "UNLOAD ('SELECT 1') TO 's3://bucket'",
    'REFRESH MATERIALIZED VIEW trips_by_month',
  ])('is accepted when it writes and writes are allowed: %s', (sql) => {
    const parameters = sql.includes(':a') ? { a: QueryParameter.string() } : undefined;
    expect(() => construct({ sql: SqlTemplate.inline(sql), parameters, allowWrites: true })).not.toThrow();
  });

  it('is accepted when it is known only at deployment', () => {
    templateOf({ sql: SqlTemplate.inline(`SELECT * FROM ${Aws.STACK_NAME}.trips; x ':y'`), parameters: { y: QueryParameter.string() } })
      .hasResourceProperties('AWS::Lambda::Function', {
        Description: 'Starts queries received as WebSocket messages',
        Environment: { Variables: Match.objectLike({ SQL_default: { 'Fn::Join': ['', ['SELECT * FROM ', { Ref: 'AWS::StackName' }, ".trips; x ':y'"]] } }) },
      });
  });

  it('is accepted when it has 100 KB', () => {
    expect(() => construct(queryProps(`SELECT '${'x'.repeat(100 * 1024 - 9)}'`))).not.toThrow();
  });

  it.each([
    'SELECT * FROM t WHERE zone IN (:zones)',
    "SELECT * FROM t WHERE zone NOT IN ('a', :zones, upper(:other)) AND (1 = 1)",
    'SELECT COALESCE(:zones, NULL), greatest( :zones )',
  ])('is accepted when a list is in a valid place: %s', (sql) => {
    const parameters: Record<string, QueryParameter> = { zones: QueryParameter.listOf(QueryParameter.string()) };
    if (sql.includes(':other')) {
      parameters.other = QueryParameter.string();
    }
    expect(() => construct({ sql: SqlTemplate.inline(sql), parameters })).not.toThrow();
  });
});

describe('SqlTemplate with invalid SQL', () => {
  const inline = 'in the inline SQL template, line';

  it.each([
    ['it is empty', ' -- nothing\n;', [], 'the inline SQL template is empty: write one SQL statement'],
    ['it exceeds the maximum size of the Data API', `SELECT '${'x'.repeat(100 * 1024)}'`, [], 'has 102409 bytes: the Redshift Data API takes at most 102400'],
    ['it has two statements', 'SELECT 1;\n  DROP TABLE t', [], `a second statement begins here: the Redshift Data API runs one; make it a query of its own\n${inline} 2, column 3:\n      DROP TABLE t\n      ^`],
    ['a placeholder is inside quotes', "SELECT\n ':a%'", ['a'], `the placeholder :a stands inside quotes, where it is not replaced: write :a || '%', or rename the parameter if the quotes have no placeholder\n${inline} 2, column 3:\n     ':a%'\n      ^`],
    ['a placeholder is inside a name', 'SELECT ":a"', ['a'], `the placeholder :a stands inside quotes, where it is not replaced: write :a without quotes for a value, and a query for each name, or rename the parameter if the quotes have no placeholder\n${inline} 1, column 9:`],
    ['a placeholder is inside a dollar quote', 'SELECT $$:a$$', ['a'], 'the placeholder :a stands inside quotes'],
    ['a placeholder is inside a line comment', 'SELECT :a -- not :a', ['a'], `the placeholder :a stands inside a comment, where it is not replaced: remove its colon, as in a\n${inline} 1, column 18:`],
    ['a placeholder is inside a nested comment', 'SELECT /* /* */ :a */ :a', ['a'], `${inline} 1, column 17:`],
    ['a comment ends with a carriage return', 'SELECT 1 -- \r, :b', [], 'the placeholder :b has no parameter'],
    ['a placeholder has no parameter', 'SELECT :a, :b', ['a'], `the placeholder :b has no parameter: add b to parameters, or write :: for a cast\n${inline} 1, column 12:\n    SELECT :a, :b\n               ^`],
    ['a placeholder has the name of a property of every object', 'SELECT :toString', [], 'the placeholder :toString has no parameter'],
    ['a parameter has no placeholder', 'SELECT :a', ['a', 'b'], "the parameter 'b' has no placeholder in the inline SQL template: write :b"],
    ['a colon is not a placeholder', 'SELECT :é', [], `: is not a placeholder: write a colon and the name of a parameter, in letters, digits and underscores\n${inline} 1, column 8:`],
    ['a placeholder has a number', 'SELECT $1', [], '$1 is not SQL of Redshift'],
    ['a placeholder replaces a schema', 'SELECT * FROM :a.trips', ['a'], 'the placeholder :a stands for a name here: Redshift binds values only'],
    ['a placeholder replaces a column', 'SELECT t.:a FROM t', ['a'], 'the placeholder :a stands for a name here'],
    ['a placeholder replaces a table', 'SELECT 1 FROM t JOIN :a ON true', ['a'], 'the placeholder :a stands for a name here'],
    ['a quote is not closed', "SELECT\n'abc", [], `the quote ' is not closed\n${inline} 2, column 1:\n    'abc\n    ^`],
    ['a quote is closed after a backslash', "SELECT 'a\\'", [], "the quote ' is not closed"],
    ['a name is not closed', 'SELECT "abc', [], 'the quote " is not closed'],
    ['a dollar quote is not closed', 'SELECT $x$ abc $y$', [], 'the quote $x$ is not closed'],
    ['a comment is not closed', 'SELECT /* 1 /* */', [], `the comment is not closed\n${inline} 1, column 8:`],
    ['a parameter has a name that no placeholder can have', 'SELECT 1', ['trip-month'], "'trip-month' is not the name of a parameter"],
    ['a parameter has the reserved name of the query', 'SELECT :query', ['query'], "the parameter name 'query' is taken"],
  ])('throws when %s', (_, sql, parameterNames, message) => {
    expect(() => construct(queryProps(sql, ...parameterNames))).toThrow(message);
  });

  it.each([
    ['INSERT', 'INSERT INTO t VALUES (1)', 1],
    ['UPDATE', 'update t set a = 1', 1],
    ['INTO', 'SELECT a INTO t FROM u', 10],
    ['INTO', 'SELECT a\tINTO TEMP t FROM u', 10],
    ['DELETE', 'WITH a AS (DELETE FROM t) SELECT 1', 12],
    ['DELETE', 'WITH a AS (SELECT 1) DELETE FROM t USING a', 22],
    ['INSERT', 'WITH a AS (SELECT 1) INSERT INTO t SELECT 1', 22],
    ['UPDATE', 'SELECT * FROM (UPDATE "t" SET a = 1)', 16],
    ['UPDATE', 'EXPLAIN ANALYZE UPDATE t SET a = 1', 17],
    ['CALL', '/* SELECT */ CALL refresh()', 14],
    ['UNLOAD', "UNLOAD ('SELECT 1') TO 's3://x'", 1],
    ['COPY', "COPY t FROM 's3://x'", 1],
    ['DROP', 'DROP TABLE t', 1],
    ['SET', 'SET query_group TO x', 1],
    ['BEGIN', 'begin', 1],
    ['FETCH', 'FETCH 1 FROM c', 1],
  ])('throws with the place of %s when the statement is not a read: %s', (word, sql, column) => {
    expect(() => construct({ sql: SqlTemplate.inline(sql) }))
      .toThrow(`${word} makes the statement something else than a read: set allowWrites to true if every client that may connect may run it\n${inline} 1, column ${column}:`);
  });

  it.each([
    'SELECT * FROM t WHERE zone = :zones',
    'SELECT * FROM t WHERE zone = ANY(:zones)',
    'SELECT * FROM t WHERE zone IN :zones',
    'SELECT * FROM t WHERE (:zones)',
    'SELECT * FROM t WHERE zone IN (UPPER(:zones))',
    "SELECT * FROM t WHERE zone IN (:zones || '')",
    'SELECT CAST(:zones AS VARCHAR)',
    'SELECT :zones, 1',
  ])('throws when a list is in an invalid place: %s', (sql) => {
    expect(() => construct({ sql: SqlTemplate.inline(sql), parameters: { zones: QueryParameter.listOf(QueryParameter.string()) } }))
      .toThrow('the placeholder :zones is a list, which can stand only between commas or parentheses of IN, COALESCE, NVL, GREATEST, LEAST, ARRAY: write IN (:zones)');
  });

  it('throws when its lists can exceed the maximum size of the Data API', () => {
    const sql = `SELECT '${'x'.repeat(90 * 1024)}' WHERE 1 IN (:numbers)`;
    const numbers = (maxItems: number) => ({ numbers: QueryParameter.listOf(QueryParameter.integer(), { maxItems }) });
    expect(() => construct({ sql: SqlTemplate.inline(sql), parameters: numbers(700) })).not.toThrow();
    expect(() => construct({ sql: SqlTemplate.inline(sql), parameters: numbers(1000) }))
      .toThrow('the inline SQL template has 92191 bytes, and with its longest lists up to 107191: the Redshift Data API takes at most 102400; give the lists a smaller maxItems');
  });

  it('throws when a parameter name is reserved by JavaScript', () => {
    const parameters = JSON.parse('{"__proto__":0}');
    expect(() => construct({ sql: SqlTemplate.inline('SELECT 1'), parameters: { ...parameters, ['__proto__']: QueryParameter.string() } }))
      .toThrow("the parameter name '__proto__' is taken: JavaScript has another use for it");
  });
});

describe('an error with the line', () => {
  /** The line in the error, and the characters at its caret. */
  function shown(sql: string): { line: string; pointed: string } {
    try {
      construct({ sql: SqlTemplate.inline(sql) });
    } catch (error) {
      const [line, caret] = (error as Error).message.split('\n').slice(-2);
      return { line: line.trim(), pointed: [...line].slice([...caret].indexOf('^')).join('') };
    }
    throw new Error('the template was accepted');
  }

  it('has the caret below the place when other characters precede it', () => {
    for (const before of ['', '\t\t', 'SELECT\r\n\t', 'SELECT\r', '/*é\u3000😀 */', '/*\u0001\u2028*/']) {
      expect(shown(`SELECT 1, ${before}:b`).pointed).toBe(':b');
    }
  });

  it('is trimmed around the place when the line is very long', () => {
    const long = Array(10_000).fill('1').join(', ');
    expect(shown(`SELECT ${long}, :b, ${long}`)).toEqual({ line: expect.stringMatching(/^….{98,102}…$/), pointed: expect.stringMatching(/^:b, 1, 1.*…$/) });
    expect(shown(`SELECT :b, ${long}`)).toEqual({ line: expect.stringMatching(/^SELECT :b, 1.*…$/), pointed: expect.stringMatching(/^:b/) });
    expect(shown(`SELECT ${long}, :b`)).toEqual({ line: expect.stringMatching(/^….*1, :b$/), pointed: ':b' });
  });
});

describe('SqlTemplate.fromFile', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sql-template-'));
  afterAll(() => fs.rmSync(directory, { recursive: true }));

  it('contains the SQL of the file, and names the file in errors', () => {
    const file = path.join(directory, 'q.sql');
    fs.writeFileSync(file, "SELECT 'é',\n\t:a");
    expect(SqlTemplate.fromFile(file).sql).toBe("SELECT 'é',\n\t:a");
    expect(() => construct({ sql: SqlTemplate.fromFile(file) })).toThrow(`the placeholder :a has no parameter: add a to parameters, or write :: for a cast\nin ${file}, line 2, column 2:\n     :a\n     ^`);
  });

  it.each<[string, Buffer]>([
    ['a byte order mark', Buffer.from('\ufeffSELECT 1')],
    ['line ends of Windows after a byte order mark', Buffer.from('\ufeff\r\nSELECT 1')],
    ['U+FFFD in a string', Buffer.from("SELECT '\ufffd'")],
  ])('is accepted when it has %s', (_, bytes) => {
    const file = path.join(directory, 'accepted.sql');
    fs.writeFileSync(file, bytes);
    expect(() => construct({ sql: SqlTemplate.fromFile(file) })).not.toThrow();
    expect(SqlTemplate.fromFile(file).sql).toBe(bytes.toString().replace('\ufeff', ''));
  });

  it.each<[string, Buffer, string]>([
    ['Latin-1', Buffer.from("SELECT 'a',\n 'caf\u00e9'", 'latin1'), 'as byte 17 (0xE9) shows: save it as UTF-8\nin FILE, line 2, column 6:\n     \'caf\ufffd\'\n         ^'],
    ['Latin-1 after a U+FFFD', Buffer.concat([Buffer.from("'\ufffd"), Buffer.from([0xe9])]), 'as byte 4 (0xE9) shows'],
    ['a character that is cut off at the end', Buffer.from("'é").subarray(0, 2), 'as byte 1 (0xC3) shows'],
    ['half of a surrogate pair', Buffer.from([0x27, 0xed, 0xa0, 0x80, 0x27]), 'as byte 1 (0xED) shows'],
    ['UTF-16', Buffer.from('\ufeffSELECT 1', 'utf16le'), "the SQL template 'FILE' is encoded as UTF-16: save it as UTF-8"],
    ['UTF-16 in the other order', Buffer.from('\ufeffSELECT 1', 'utf16le').swap16(), 'is encoded as UTF-16'],
  ])('is rejected when it is encoded as %s', (_, bytes, message) => {
    const file = path.join(directory, 'rejected.sql');
    fs.writeFileSync(file, bytes);
    expect(() => SqlTemplate.fromFile(file)).toThrow(message.replace('FILE', file));
  });

  it('is accepted when an inline template was read with its byte order mark', () => {
    expect(SqlTemplate.inline('\ufeffSELECT 1').sql).toBe('SELECT 1');
  });

  it('throws with the absolute path when the file is missing', () => {
    expect(() => SqlTemplate.fromFile('no/such.sql')).toThrow(`the SQL template 'no/such.sql' does not exist: looked for ${path.resolve('no/such.sql')}`);
  });

  it('throws when the path is a token', () => {
    expect(() => SqlTemplate.fromFile(Token.asString({ Ref: 'File' }))).toThrow('must be known at synthesis');
  });
});
