import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Aws, Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { QueryParameter, SqlTemplate } from '../src';
import { asking, construct, templateOf } from './support/construct';

describe('is accepted when', () => {
  test.each([
    ['each placeholder has a parameter', 'SELECT :a, :b', ['a', 'b']],
    ['a placeholder stands twice', 'SELECT :a, :a', ['a']],
    ['a cast follows', 'SELECT :a::DATE, b::INT FROM t', ['a']],
    ['a text has a colon', "SELECT ':b', '10:30', :a", ['a']],
    ['a text has a doubled quote', "SELECT 'it''s :b', :a", ['a']],
    ['a text has a backslashed quote', "SELECT 'it\\'s :b', :a", ['a']],
    ['a name has a colon', 'SELECT ":b", :a', ['a']],
    ['a comment has a colon, a quote and a semicolon', "SELECT :a -- :b 'c;\n/* :d /* ; */ ' */", ['a']],
    ['a dollar quote has a colon and a semicolon', 'SELECT $x$ :b; $x$, :a', ['a']],
    ['it ends in a semicolon and a comment', 'SELECT :a; -- done', ['a']],
  ])('%s', (_, sql, parameterNames) => {
    expect(() => construct(asking(sql, ...parameterNames))).not.toThrow();
  });

  test('it becomes known only at deployment', () => {
    templateOf({ sql: SqlTemplate.inline(`SELECT * FROM ${Aws.STACK_NAME}.trips; x ':y'`), parameters: { y: QueryParameter.string() } })
      .hasResourceProperties('AWS::Lambda::Function', {
        Description: 'src/send-message.lambda.ts',
        Environment: { Variables: Match.objectLike({ SQL_0: { 'Fn::Join': ['', ['SELECT * FROM ', { Ref: 'AWS::StackName' }, ".trips; x ':y'"]] } }) },
      });
  });

  test('it has 100 KB', () => {
    expect(() => construct(asking(`SELECT '${'x'.repeat(100 * 1024 - 9)}'`))).not.toThrow();
  });
});

describe('fails when', () => {
  test.each([
    ['it is empty', ' -- nothing\n;', [], 'the inline SQL template is empty: write one SQL statement'],
    ['it is larger than the Data API takes', `SELECT '${'x'.repeat(100 * 1024)}'`, [], 'has 102409 bytes: the Redshift Data API takes at most 102400'],
    ['it has two statements', 'SELECT 1;\n  DROP TABLE t', [], 'has a second statement at line 2, column 3'],
    ['a placeholder stands inside quotes', "SELECT\n ':a%'", ['a'], "the placeholder :a in the inline SQL template stands inside quotes at line 2, column 2, where it is not replaced: take it out, as in '…' || :a || '…'"],
    ['a placeholder stands inside a dollar quote', 'SELECT $$:a$$', ['a'], 'the placeholder :a in the inline SQL template stands inside quotes'],
    ['a placeholder has no parameter', 'SELECT :a, :b', ['a'], 'the placeholder :b in the inline SQL template has no parameter: add b to parameters'],
    ['a parameter has no placeholder', 'SELECT :a', ['a', 'b'], "the parameter 'b' has no placeholder in the inline SQL template: write :b"],
    ['a placeholder stands only in a comment', 'SELECT 1 -- :a', ['a'], "the parameter 'a' has no placeholder"],
    ['a quote is not closed', "SELECT\n'abc", [], "the inline SQL template: the quote ' at line 2, column 1 is not closed"],
    ['a comment is not closed', 'SELECT /* 1', [], 'the comment at line 1, column 8 is not closed'],
    ['a parameter has a name that no placeholder can have', 'SELECT 1', ['trip-month'], "'trip-month' is not the name of a parameter"],
    ['a parameter takes the name of the query', 'SELECT :query', ['query'], "the parameter name 'query' is taken"],
  ])('%s', (_, sql, parameterNames, message) => {
    expect(() => construct(asking(sql, ...parameterNames))).toThrow(message);
  });
});

describe('from a file', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sql-template-'));
  afterAll(() => fs.rmSync(directory, { recursive: true }));

  test('has the text of the file, and errors name it', () => {
    const file = path.join(directory, 'q.sql');
    fs.writeFileSync(file, "SELECT 'é', :a");
    expect(SqlTemplate.fromFile(file).sql).toBe("SELECT 'é', :a");
    expect(() => construct({ sql: SqlTemplate.fromFile(file) })).toThrow(`the placeholder :a in ${file} has no parameter`);
  });

  test('fails when the file is missing, naming where it looked', () => {
    expect(() => SqlTemplate.fromFile('no/such.sql')).toThrow(`the SQL template 'no/such.sql' does not exist: looked for ${path.resolve('no/such.sql')}`);
  });

  test('fails when the path is a token', () => {
    expect(() => SqlTemplate.fromFile(Token.asString({ Ref: 'File' }))).toThrow('must be known at synthesis');
  });
});

describe('a string parameter fails when', () => {
  test.each([
    ['its pattern is no regular expression', { pattern: '(' }, "'(' is not a regular expression: "],
    ['it may be empty, which the Data API cannot bind', { minLength: 0 }, 'minLength must be a whole number of at least 1'],
    ['its bounds are crossed', { minLength: 5, maxLength: 4 }, 'maxLength must be a whole number of at least minLength (5), but is 4'],
    ['its pattern is a token', { pattern: Aws.REGION }, 'must be known at synthesis'],
  ])('%s', (_, options, message) => {
    expect(() => QueryParameter.string(options)).toThrow(message);
  });
});
