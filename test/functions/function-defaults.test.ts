import { RemovalPolicy } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DatabaseUser } from '../../src';
import { lambdaRole, networkProps } from '../support/complete-props';
import { construct, newStack, permissionsOf, pipelineFunctions, templateOf } from '../support/construct';

const ENTRIES = ['on-connect', 'on-message', 'send-message', 'on-disconnect'];

it('applies the permissions boundary to each role that the construct creates', () => {
  const stack = newStack();
  const template = templateOf({ permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'), removalPolicy: RemovalPolicy.RETAIN }, stack);
  template.resourceCountIs('AWS::IAM::Role', 2);
  template.allResourcesProperties('AWS::IAM::Role', {
    PermissionsBoundary: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:policy/boundary']] },
  });
});

describe('statementRole', () => {
  const stack = newStack();
  const statementRole = lambdaRole(stack, 'Role');
  const query = construct({ statementRole, databaseUser: DatabaseUser.iam() }, stack);
  const template = Template.fromStack(stack);

  it('is used by the functions that run statements', () => {
    const role = { 'Fn::GetAtt': [stack.getLogicalId(statementRole.node.defaultChild as iam.CfnRole), 'Arn'] };
    const roles = Object.fromEntries(Object.entries(pipelineFunctions(template)).map(([entry, { Role }]) => [entry, Role]));
    expect(roles).toMatchObject({ 'on-connect': role, 'on-message': role, 'send-message': role });
    expect(roles['on-disconnect']).not.toEqual(role);
    expect(Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => /StatementRole/.test(id))).toEqual([]);
    expect(query.statementRole).toBe(statementRole);
  });

  it('has the same permissions as the role that the construct creates', () => {
    expect(permissionsOf(template, 'send-message')).toEqual(permissionsOf(templateOf({ databaseUser: DatabaseUser.iam() }), 'send-message'));
  });

  it('has its policy in the stack of the construct when it is in another stack', () => {
    const roles = newStack('Roles');
    const other = newStack('Stack', roles.node.root as App);
    const withRole = templateOf({ statementRole: lambdaRole(roles, 'Role') }, other);
    expect(roles.dependencies).toEqual([]);
    expect(other.dependencies).toEqual([roles]);
    Template.fromStack(roles).resourceCountIs('AWS::IAM::Policy', 0);
    withRole.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'redshift-data:ExecuteStatement' })]) } });
  });

  it('remains unchanged when it is imported as immutable', () => {
    const other = newStack();
    const withRole = templateOf({ statementRole: iam.Role.fromRoleArn(other, 'Role', 'arn:aws:iam::111122223333:role/reader', { mutable: false }) }, other);
    expect(pipelineFunctions(withRole)['on-connect'].Role).toBe('arn:aws:iam::111122223333:role/reader');
    withRole.resourceCountIs('AWS::IAM::Policy', 1);
  });

  it('throws when Lambda cannot assume it', () => {
    const other = newStack();
    const role = new iam.Role(other, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    expect(() => construct({ statementRole: role }, other))
      .toThrow("statementRole Stack/Role does not let lambda.amazonaws.com assume it: create it with new ServicePrincipal('lambda.amazonaws.com')");
  });

  it('throws when it has a path and is in another stack', () => {
    const roles = newStack('Roles');
    const role = new iam.Role(roles, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), path: '/warehouse/' });
    expect(() => construct({ statementRole: role }, newStack('Stack', roles.node.root as App))).toThrow("statementRole has the path '/warehouse/' and is in another stack");
  });
});

describe('VPC', () => {
  it('puts all functions in the configured subnets and security groups', () => {
    const stack = newStack();
    const template = templateOf(networkProps(stack), stack);
    const vpcConfig = { SubnetIds: ['subnet-0ccccccccccccccc1', 'subnet-0ccccccccccccccc2'], SecurityGroupIds: ['sg-0123456789abcdef0'] };
    expect(Object.values(pipelineFunctions(template)).map(({ VpcConfig }) => VpcConfig)).toEqual(ENTRIES.map(() => vpcConfig));
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  it('creates one security group that allows only outbound HTTPS', () => {
    const stack = newStack();
    const template = templateOf({ vpc: networkProps(stack).vpc }, stack);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [{ CidrIp: '0.0.0.0/0', Description: 'HTTPS to AWS services and token issuers', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 }],
    });
    const groups = Object.values(pipelineFunctions(template)).map(({ VpcConfig }) => JSON.stringify(VpcConfig.SecurityGroupIds));
    expect(new Set(groups).size).toBe(1);
    expect(pipelineFunctions(template)['on-connect'].VpcConfig.SubnetIds).toEqual(['subnet-0bbbbbbbbbbbbbbb1', 'subnet-0bbbbbbbbbbbbbbb2']);
  });

  it.each(ENTRIES)('lets Lambda manage network interfaces with the role of %s, and denies it to the code', (entry) => {
    const stack = newStack();
    const template = templateOf({ vpc: networkProps(stack).vpc }, stack);
    const [role] = pipelineFunctions(template)[entry].Role['Fn::GetAtt'];
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy', { Properties: { Roles: [{ Ref: role }] } }));
    const statements = (policy.Properties.PolicyDocument.Statement as { Action: string | string[] }[]).filter(({ Action }) => [Action].flat()[0].startsWith('ec2:'));
    const changing = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'];
    const describing = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
    const interfaces = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:us-east-1:111122223333:*']] };
    expect(statements).toEqual([
      { Effect: 'Allow', Action: changing, Resource: interfaces },
      { Effect: 'Allow', Action: describing, Resource: '*' },
      { Effect: 'Deny', Action: [...changing, ...describing], Resource: '*', Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } } },
    ]);
  });

  it.each(['vpcSubnets', 'securityGroups'] as const)('throws when %s is used without vpc', (name) => {
    const stack = newStack();
    expect(() => construct({ [name]: networkProps(stack)[name] }, stack)).toThrow(`${name} requires vpc: add vpc, or omit ${name}`);
  });

  it('throws when the subnets are public', () => {
    const stack = newStack();
    expect(() => construct({ vpc: networkProps(stack).vpc, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } }, stack))
      .toThrow('vpcSubnets selects public subnets, from which functions reach neither the internet nor AWS: select private ones');
  });

  it('throws when the list of security groups is empty', () => {
    const stack = newStack();
    expect(() => construct({ vpc: networkProps(stack).vpc, securityGroups: [] }, stack)).toThrow('securityGroups is empty: add a security group, or omit securityGroups');
  });
});

describe('logs', () => {
  const template = templateOf({ accessLogs: true });

  it('include no access logs by default', () => {
    templateOf().allResourcesProperties('AWS::ApiGatewayV2::Stage', { AccessLogSettings: Match.absent() });
  });

  it('include access logs in a separate group, without fields that can contain a token', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    const { DestinationArn, Format } = stage.Properties.AccessLogSettings;
    expect(DestinationArn).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^QueryAccessLogs/), 'Arn'] });
    expect(JSON.parse(Format)).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(Format).not.toMatch(/query|header|claims|principalId|protocol|path|body|message|authorize\./i);
  });

  it('have a group with a retention for each function', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    const groups = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    const used = Object.values(pipelineFunctions(template)).map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref);
    expect(groups.filter((id) => !used.includes(id))).toEqual([expect.stringMatching(/^QueryAccessLogs/)]);
  });

  it('follow the removal policy with the table and the bucket, but not with the queues', () => {
    const retained = templateOf({ removalPolicy: RemovalPolicy.RETAIN, accessLogs: true });
    ['AWS::Logs::LogGroup', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket'].forEach((type) => retained.allResources(type, { DeletionPolicy: 'Retain' }));
    retained.allResources('AWS::SQS::Queue', { DeletionPolicy: 'Delete' });
  });
});
