import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from '../../src';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { DEFINITIONS_MODULE } from '../../src/shared/query-definitions';
import type { QueryDefinitions } from '../../src/shared/query-definitions';

export const ENVIRONMENT = { account: '111122223333', region: 'us-east-1' };

export const LEAST_PROPS: RedshiftWebSocketQueryProps = {
  cluster: RedshiftCluster.fromClusterIdentifier('analytics'),
  databaseName: 'dev',
  databaseUser: DatabaseUser.named('awsuser'),
  sql: SqlTemplate.inline('SELECT 1'),
};

/** Props with this template and these string parameters. */
export function queryProps(sql: string, ...parameterNames: string[]): RedshiftWebSocketQueryProps {
  const parameters = Object.fromEntries(parameterNames.map((name) => [name, QueryParameter.string()]));
  return { ...LEAST_PROPS, sql: SqlTemplate.inline(sql), parameters };
}

export function newStack(id = 'Stack', app = new App({ treeMetadata: false })): Stack {
  return new Stack(app, id, { env: ENVIRONMENT });
}

export function construct(props: Partial<RedshiftWebSocketQueryProps> = {}, stack = newStack()): RedshiftWebSocketQuery {
  return new RedshiftWebSocketQuery(stack, 'Query', { ...LEAST_PROPS, ...props });
}

export function templateOf(props: Partial<RedshiftWebSocketQueryProps> = {}, stack = newStack()): Template {
  construct(props, stack);
  return Template.fromStack(stack);
}

/** The properties of the functions of the pipeline, by the names of their entries, such as `on-connect`; not of functions that the AWS CDK adds. */
export function pipelineFunctions(template: Template): Record<string, any> {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  return Object.fromEntries(functions.flatMap(([logicalId, { Properties }]) => {
    const name = /Functions([A-Za-z]+)[0-9A-F]{8}$/.exec(logicalId)?.[1];
    return name === undefined ? [] : [[name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase(), Properties]];
  }));
}

/** The environment variables of a function of the pipeline. */
export function environmentOf(template: Template, entry: string): Record<string, unknown> {
  return pipelineFunctions(template)[entry].Environment.Variables;
}

/** The query definitions that the functions of a stack find in their layer. */
export function definitionsOf(stack: Stack): QueryDefinitions {
  const assembly = (stack.node.root as App).synth();
  // The AWS CDK may have added layers of its own.
  const layers = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::LayerVersion'));
  const assets = layers.map(({ Properties }) => `asset.${path.basename(Properties.Content.S3Key, '.zip')}`);
  const files = assets.map((asset) => path.join(assembly.directory, asset, 'nodejs', 'node_modules', DEFINITIONS_MODULE, 'index.json'));
  return JSON.parse(fs.readFileSync(files.find((file) => fs.existsSync(file))!, 'utf8'));
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** The resources on which a template allows an action, as JSON; functions of CloudFormation are joined to strings where they are simple. */
export function allowedResources(template: Template, action: string): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const statements: Statement[] = policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  return statements
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(resourcesOf);
}

/** All that the function of an entry may do: the actions, and for each the resources, in which a logical id stands without its hash. */
export function permissionsOf(template: Template, entry: string): Record<string, string[]> {
  const role = pipelineFunctions(template)[entry].Role['Fn::GetAtt'][0];
  const policies = template.findResources('AWS::IAM::Policy', { Properties: { Roles: Match.arrayWith([{ Ref: role }]) } });
  const statements: Statement[] = Object.values(policies).flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  const permissions: Record<string, string[]> = {};
  for (const statement of statements) {
    for (const action of [statement.Action].flat()) {
      const resources = resourcesOf(statement).map((resource) => resource.replace(/[0-9A-F]{8}(?=[.}])/g, ''));
      permissions[action] = [...permissions[action] ?? [], ...resources].sort();
    }
  }
  return permissions;
}

function resourcesOf({ Resource }: Statement): string[] {
  return [Resource].flat().map(flatten);
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
