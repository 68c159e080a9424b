import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from '../../src';
import type { RedshiftWebSocketQueryProps } from '../../src';

export const ENVIRONMENT = { account: '111122223333', region: 'us-east-1' };

export const LEAST_PROPS: RedshiftWebSocketQueryProps = {
  cluster: RedshiftCluster.fromClusterIdentifier('analytics'),
  databaseName: 'dev',
  databaseUser: DatabaseUser.named('awsuser'),
  sql: SqlTemplate.inline('SELECT 1'),
};

/** Props whose template and parameters are the given ones. */
export function asking(sql: string, ...parameterNames: string[]): RedshiftWebSocketQueryProps {
  const parameters = Object.fromEntries(parameterNames.map((name) => [name, QueryParameter.string()]));
  return { ...LEAST_PROPS, sql: SqlTemplate.inline(sql), parameters };
}

export function newStack(id = 'Stack', app = new App()): Stack {
  return new Stack(app, id, { env: ENVIRONMENT });
}

export function construct(props: Partial<RedshiftWebSocketQueryProps> = {}, stack = newStack()): RedshiftWebSocketQuery {
  return new RedshiftWebSocketQuery(stack, 'Query', { ...LEAST_PROPS, ...props });
}

export function templateOf(props: Partial<RedshiftWebSocketQueryProps> = {}, stack = newStack()): Template {
  construct(props, stack);
  return Template.fromStack(stack);
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The resources on which a template allows an action, as JSON; functions of CloudFormation are joined to text where they are simple. */
export function allowedResources(template: Template, action: string): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const statements: Statement[] = policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  return statements
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => Array.isArray(Resource) ? Resource : [Resource])
    .map(flatten);
}

function flatten(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  if (value['Fn::Join']) {
    return value['Fn::Join'][1].map(flatten).join(value['Fn::Join'][0]);
  }
  if (value['Fn::GetAtt']) {
    return `{${value['Fn::GetAtt'].join('.')}}`;
  }
  return `{${value.Ref}}`;
}
