import { Aws, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SqlTemplate } from '../../src';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { construct, newStack, templateOf } from '../support/construct';

/** SQL with a token, and a string of a length. */
function deployedSql(string: string): SqlTemplate {
  return SqlTemplate.inline(`SELECT * FROM ${Aws.STACK_NAME}.trips WHERE zone = '${string}'`);
}

describe('the environment variables of a function', () => {
  it('are rejected when the SQL templates of several queries together exceed 4 KB', () => {
    const query = construct();
    query.addQuery('one', { sql: deployedSql('x'.repeat(2000)) });
    query.addQuery('other', { sql: deployedSql('x'.repeat(2100)) });
    expect(() => Template.fromStack(Stack.of(query))).toThrow(
      /environment variables of Stack\/Query\/Functions\/OnMessage\/Resource have at least \d+ bytes as JSON, and Lambda accepts 4096: shorten the largest, SQL_other \(21\d\d bytes\)/,
    );
  });

  const wholes: [contents: string, props: Partial<RedshiftWebSocketQueryProps>, largest: string][] = [
    ['an SQL template that fits alone', { sql: deployedSql('x'.repeat(3900)) }, 'SQL_default'],
    ['quotes, which have two bytes each in JSON', { sql: deployedSql('"'.repeat(2000)) }, 'SQL_default'],
    ['a Lazy value that is long', { sql: SqlTemplate.inline(`SELECT 1 FROM ${Lazy.string({ produce: () => 'x'.repeat(4096) })}`) }, 'SQL_default'],
    ['allowed origins', { allowedOrigins: Array.from({ length: 200 }, (_, page) => `https://page-${page}.example.com`) }, 'ALLOWED_ORIGINS'],
  ];
  it.each(wholes)('are rejected when they exceed 4 KB with %s', (_, props, largest) => {
    expect(() => templateOf(props)).toThrow(new RegExp(`Lambda accepts 4096: shorten the largest, ${largest} \\(`));
  });

  it('are accepted when no more than 4 KB are known at synthesis', () => {
    const stack = newStack();
    construct({ sql: deployedSql('x'.repeat(2500)) }, stack);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});
