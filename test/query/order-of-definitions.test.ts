import { Aws, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectionAccess, QueryParameter, SqlTemplate } from '../../src';
import type { QueryProps, RedshiftWebSocketQuery } from '../../src';
import { construct } from '../support/construct';

const PARAMETERS = {
  zone: QueryParameter.oneOf(['b', 'a']),
  Day: QueryParameter.date({ optional: true }),
  tenant: QueryParameter.fromClaim('tenant_id'),
  _10: QueryParameter.integer({ defaultValue: 1 }),
};

const QUERIES: Readonly<Record<string, QueryProps>> = {
  'by_zone': queryOf(Object.entries(PARAMETERS)),
  'by-zone': { sql: SqlTemplate.inline(`SELECT 1 FROM ${Aws.STACK_NAME}.trips`) },
  'by.zone': { sql: SqlTemplate.inline(`SELECT 2 FROM ${Aws.STACK_NAME}.trips`) },
};

/** All orders of some items. */
function ordersOf<T>(items: readonly T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((item, index) => ordersOf(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]));
}

function queryOf(parameters: readonly [string, QueryParameter][]): QueryProps {
  return { sql: SqlTemplate.inline('SELECT 1 WHERE 1 IN (:zone, :Day, :tenant, :_10)'), parameters: Object.fromEntries(parameters) };
}

/** All that a construct is deployed as, and the types of its clients. */
function outputOf(props: Partial<QueryProps>, queries: readonly [string, QueryProps][]): { template: object; clientTypes: string } {
  const query: RedshiftWebSocketQuery = construct({ access: ConnectionAccess.oneTimeTicket(), ...props });
  queries.forEach(([name, each]) => query.addQuery(name, each));
  // The template names each asset by the hash of its files.
  return { template: Template.fromStack(Stack.of(query)).toJSON(), clientTypes: query.clientTypes() };
}

describe('RedshiftWebSocketQuery', () => {
  it('deploys the same template, layer and client types when parameters are defined in any order', () => {
    const orders = ordersOf(Object.entries(PARAMETERS)).map(queryOf);
    const [first, ...others] = orders.map((props) => JSON.stringify(outputOf(props, [['added', props]])));
    expect(others).toHaveLength(23);
    expect(others.filter((other) => other !== first)).toEqual([]);
  });

  it('deploys the same template, layer and client types when queries are added in any order', () => {
    const [first, ...others] = ordersOf(Object.entries(QUERIES)).map((queries) => outputOf({}, queries));
    expect(others).toHaveLength(5);
    others.forEach((other) => expect(other).toEqual(first));
  });

  it('declares queries and parameters by name, and the values of a parameter in the configured order', () => {
    expect(outputOf({}, Object.entries(QUERIES)).clientTypes.split('\n').slice(2, -2)).toEqual([
      "  'by-zone': { parameters: Record<string, never> };",
      "  'by.zone': { parameters: Record<string, never> };",
      "  'by_zone': { parameters: { 'Day'?: string | null; '_10'?: number | string; 'zone': 'b' | 'a' } };",
      "  'default': { parameters: Record<string, never> };",
    ]);
  });
});
