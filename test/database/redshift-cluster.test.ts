import { App, Aws, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { CfnCluster } from 'aws-cdk-lib/aws-redshift';
import { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { DatabaseUser, RedshiftCluster } from '../../src';
import { allowedResources, construct, environmentOf, newStack, templateOf } from '../support/construct';

const WORKGROUP_ARN = 'arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-aaaa-bbbb-cccc-1234567890ab';

function onWorkgroup(cluster: RedshiftCluster, stack = newStack()): Template {
  return templateOf({ cluster, databaseUser: DatabaseUser.iam() }, stack);
}

describe('a provisioned cluster', () => {
  it('is found by its identifier', () => {
    const template = templateOf({ cluster: RedshiftCluster.fromClusterIdentifier('analytics') });
    expect(environmentOf(template, 'on-message')).toMatchObject({ CLUSTER_IDENTIFIER: 'analytics', DATABASE_NAME: 'dev' });
    expect(environmentOf(template, 'on-message')).not.toHaveProperty('WORKGROUP_NAME');
    expect(allowedResources(template, 'redshift-data:ExecuteStatement')).toEqual(['arn:{AWS::Partition}:redshift:us-east-1:111122223333:cluster:analytics']);
  });

  it('is found by the cluster in the app', () => {
    const stack = newStack();
    const cluster = new CfnCluster(stack, 'Cluster', { clusterType: 'single-node', dbName: 'dev', masterUsername: 'awsuser', nodeType: 'ra3.large' });
    const template = templateOf({ cluster: RedshiftCluster.fromCluster(cluster) }, stack);
    expect(environmentOf(template, 'on-message')).toMatchObject({ CLUSTER_IDENTIFIER: { Ref: 'Cluster' } });
    expect(allowedResources(template, 'redshift-data:ExecuteStatement')).toEqual(['arn:{AWS::Partition}:redshift:us-east-1:111122223333:cluster:{Cluster}']);
  });

  it('is found, with its database, by its endpoint', () => {
    const cluster = RedshiftCluster.fromEndpoint('analytics.abc123.us-east-1.redshift.amazonaws.com:5439/sales');
    expect(environmentOf(templateOf({ cluster, databaseName: undefined }), 'on-message')).toMatchObject({ CLUSTER_IDENTIFIER: 'analytics', DATABASE_NAME: 'sales' });
  });

  it('is found by its endpoint without a port and a database', () => {
    const cluster = RedshiftCluster.fromEndpoint('analytics.abc123.us-east-1.redshift.amazonaws.com');
    expect(environmentOf(templateOf({ cluster }), 'on-message')).toMatchObject({ CLUSTER_IDENTIFIER: 'analytics', DATABASE_NAME: 'dev' });
  });

  it('is found by an endpoint that is known only at deployment', () => {
    const stack = newStack();
    const cluster = new CfnCluster(stack, 'Cluster', { clusterType: 'single-node', dbName: 'dev', masterUsername: 'awsuser', nodeType: 'ra3.large' });
    const template = templateOf({ cluster: RedshiftCluster.fromEndpoint(cluster.attrEndpointAddress) }, stack);
    expect(environmentOf(template, 'on-message').CLUSTER_IDENTIFIER).toEqual({
      'Fn::Select': [0, { 'Fn::Split': ['.', { 'Fn::GetAtt': ['Cluster', 'Endpoint.Address'] }] }],
    });
  });
});

describe('a Serverless workgroup', () => {
  it('has permissions for its ARN only, and no warning, when it is found by its ARN', () => {
    const stack = newStack();
    const template = onWorkgroup(RedshiftCluster.fromWorkgroupArn(WORKGROUP_ARN), stack);
    expect(environmentOf(template, 'on-message')).toMatchObject({ WORKGROUP_NAME: WORKGROUP_ARN });
    expect(environmentOf(template, 'on-message')).not.toHaveProperty('CLUSTER_IDENTIFIER');
    expect(allowedResources(template, 'redshift-data:ExecuteStatement')).toEqual([WORKGROUP_ARN]);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  it('has permissions for its ARN only when it is found by the workgroup in the app', () => {
    const stack = newStack();
    const workgroup = new CfnWorkgroup(stack, 'Workgroup', { workgroupName: 'analytics' });
    const template = onWorkgroup(RedshiftCluster.fromWorkgroup(workgroup), stack);
    expect(environmentOf(template, 'on-message')).toMatchObject({ WORKGROUP_NAME: { Ref: 'Workgroup' } });
    expect(allowedResources(template, 'redshift-data:ExecuteStatement')).toEqual(['{Workgroup.Workgroup.WorkgroupArn}']);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  it.each([
    ['its name', RedshiftCluster.fromWorkgroupName('analytics')],
    ['its endpoint', RedshiftCluster.fromEndpoint('analytics.111122223333.us-east-1.redshift-serverless.amazonaws.com:5439/dev')],
  ])('has a warning that names the narrower permissions when it is found by %s', (_, cluster) => {
    const stack = newStack();
    const template = onWorkgroup(cluster, stack);
    expect(environmentOf(template, 'on-message')).toMatchObject({ WORKGROUP_NAME: 'analytics', DATABASE_NAME: 'dev' });
    expect(allowedResources(template, 'redshift-data:ExecuteStatement')).toEqual(['arn:{AWS::Partition}:redshift-serverless:us-east-1:111122223333:workgroup/*']);
    Annotations.fromStack(stack).hasWarning('/Stack/Query', Match.stringLikeRegexp("workgroup 'analytics'.*RedshiftCluster.fromWorkgroupArn"));
  });
});

describe('RedshiftCluster', () => {
  it.each([
    ['the cluster identifier is an endpoint', () => RedshiftCluster.fromClusterIdentifier('a.b.us-east-1.redshift.amazonaws.com'), "'a.b.us-east-1.redshift.amazonaws.com' is not a cluster identifier: use"],
    ['the cluster identifier is empty', () => RedshiftCluster.fromClusterIdentifier(''), "'' is not a cluster identifier"],
    ['the endpoint is only a name', () => RedshiftCluster.fromEndpoint('analytics'), "'analytics' is not an endpoint of Redshift: copy it from the console"],
    ['the workgroup name is longer than the Data API accepts', () => RedshiftCluster.fromWorkgroupName('a'.repeat(64)), 'use 3 to 63 lowercase letters'],
    ['the workgroup name has capitals', () => RedshiftCluster.fromWorkgroupName('Analytics'), "'Analytics' is not a workgroup name: use"],
    ['the workgroup ARN is that of a namespace', () => RedshiftCluster.fromWorkgroupArn(WORKGROUP_ARN.replace('workgroup', 'namespace')), 'is not the ARN of a workgroup: copy it from'],
  ])('throws when %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('throws when databaseName is missing', () => {
    expect(() => construct({ databaseName: undefined })).toThrow('databaseName is missing: name the database');
  });

  it('throws when the endpoint and databaseName differ', () => {
    const cluster = RedshiftCluster.fromEndpoint('analytics.abc123.us-east-1.redshift.amazonaws.com:5439/sales');
    expect(() => construct({ cluster })).toThrow("databaseName is 'dev', but the endpoint names the database 'sales'");
  });

  it.each([
    ['ARN', RedshiftCluster.fromWorkgroupArn(WORKGROUP_ARN.replace('111122223333', '444455556666'))],
    ['endpoint', RedshiftCluster.fromEndpoint('analytics.444455556666.us-east-1.redshift-serverless.amazonaws.com:5439/dev')],
  ])('throws when the %s of a workgroup is in another account than the stack', (_, cluster) => {
    expect(() => construct({ cluster, databaseUser: DatabaseUser.iam() }))
      .toThrow('the workgroup is in the account 444455556666, but the stack is in 111122223333: the Redshift Data API reaches only its own account');
  });

  it('throws when the cluster is in another Region than the stack', () => {
    const cluster = RedshiftCluster.fromEndpoint('analytics.abc123.eu-west-1.redshift.amazonaws.com:5439/dev');
    expect(() => construct({ cluster })).toThrow('the cluster is in eu-west-1, but the stack is in us-east-1');
  });
});

it('accepts values that are known only at deployment', () => {
  for (const make of [RedshiftCluster.fromClusterIdentifier, RedshiftCluster.fromWorkgroupName, RedshiftCluster.fromWorkgroupArn]) {
    expect(() => make(Aws.STACK_NAME)).not.toThrow();
  }
  const anyRegion = new Stack(new App(), 'AnyRegion');
  const cluster = RedshiftCluster.fromEndpoint('analytics.abc123.eu-west-1.redshift.amazonaws.com:5439/dev');
  expect(() => construct({ cluster }, anyRegion)).not.toThrow();
});
