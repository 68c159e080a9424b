import * as fs from 'fs';
import * as path from 'path';
import { App, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ConnectionAccess, DatabaseUser } from '../../src';
import { lambdaRole, networkProps } from '../support/complete-props';
import { construct, newStack, permissionsOf, pipelineFunctions, templateOf } from '../support/construct';

const ENTRIES = ['on-connect', 'on-message', 'send-message', 'on-disconnect'];
const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef';

/** The logical id of the only resource of a type. */
function onlyId(template: Template, type: string): string {
  const [id, ...others] = Object.keys(template.findResources(type));
  expect(others).toEqual([]);
  return id;
}

interface Statement {
  readonly Action: string | string[];
  readonly Principal?: { readonly Service?: unknown };
  readonly Condition?: Record<string, Record<string, unknown>>;
}

/** All statements for a key in the policies of roles: the service of `kms:ViaService`, and the actions. */
function keyStatements(template: Template): Record<string, string[][]> {
  const found: Record<string, string[][]> = {};
  for (const policy of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const role = policy.Properties.Roles[0].Ref.replace(/[0-9A-F]{8}$/, '');
    for (const { Action, Condition } of policy.Properties.PolicyDocument.Statement as Statement[]) {
      const actions = [Action].flat();
      if (actions.some((action) => action.startsWith('kms:'))) {
        const service = /"kms:ViaService":\{"Fn::Join":\["",\["(\w+)\./.exec(JSON.stringify(Condition))?.[1];
        found[role] = [...found[role] ?? [], [String(service), ...actions]];
      }
    }
  }
  return found;
}

describe('encryption without a key', () => {
  const template = templateOf();

  it('uses the default encryption of AWS and allows no role to use a key', () => {
    expect(keyStatements(template)).toEqual({});
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: Match.absent() });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.absent() });
  });
});

describe('encryption with a key in the app', () => {
  const stack = newStack();
  const template = templateOf({ encryptionKey: new kms.Key(stack, 'Key'), accessLogs: true }, stack);
  const keyArn = { 'Fn::GetAtt': [onlyId(template, 'AWS::KMS::Key'), 'Arn'] };

  it('encrypts all stored data with the key', () => {
    template.allResourcesProperties('AWS::DynamoDB::Table', { SSESpecification: { KMSMasterKeyId: keyArn, SSEEnabled: true, SSEType: 'KMS' } });
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: keyArn });
    template.resourceCountIs('AWS::Logs::LogGroup', 5);
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: keyArn });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { KMSMasterKeyID: keyArn, SSEAlgorithm: 'aws:kms' } }],
      },
    });
    expect(Object.values(pipelineFunctions(template)).map(({ KmsKeyArn }) => KmsKeyArn)).toEqual(ENTRIES.map(() => keyArn));
  });

  it('allows each role to use the key only through the services that it uses', () => {
    expect(keyStatements(template)).toEqual({
      QueryFunctionsStatementRole: [['dynamodb', 'kms:Decrypt'], ['sqs', 'kms:Decrypt', 'kms:GenerateDataKey'], ['s3', 'kms:Decrypt', 'kms:GenerateDataKey']],
      QueryFunctionsOnDisconnectRole: [['dynamodb', 'kms:Decrypt'], ['sqs', 'kms:Decrypt', 'kms:GenerateDataKey']],
    });
  });

  it('allows the roles for tickets to use the key for the table', () => {
    const tickets = newStack();
    const statements = keyStatements(templateOf({ encryptionKey: new kms.Key(tickets, 'Key'), access: ConnectionAccess.oneTimeTicket() }, tickets));
    expect(statements).toMatchObject({ QueryFunctionsIssueTicketRole: [['dynamodb', 'kms:Decrypt']], QueryFunctionsRedeemTicketRole: [['dynamodb', 'kms:Decrypt']] });
  });

  it('lets CloudWatch Logs use the key for the log groups of the stack, and EventBridge for rules of the account', () => {
    const arn = (...parts: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...parts]] });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: [
          Match.objectLike({ Action: 'kms:*' }),
          {
            Effect: 'Allow',
            Principal: { Service: { 'Fn::Join': ['', ['logs.us-east-1.', { Ref: 'AWS::URLSuffix' }]] } },
            Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
            Resource: '*',
            Condition: {
              ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn(':logs:us-east-1:111122223333:log-group:', { Ref: 'AWS::StackName' }, '-*') },
            },
          },
          {
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Resource: '*',
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111122223333' },
              ArnLike: { 'aws:SourceArn': arn(':events:us-east-1:111122223333:rule/*') },
            },
          },
        ],
        Version: '2012-10-17',
      },
    });
  });

  it('lets the queues accept events from only one rule', () => {
    const statements = Object.values(template.findResources('AWS::SQS::QueuePolicy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
    const ofEvents = statements.filter(({ Principal }) => Principal?.Service === 'events.amazonaws.com');
    const rule = { 'Fn::GetAtt': [onlyId(template, 'AWS::Events::Rule'), 'Arn'] };
    expect(ofEvents.map(({ Action, Condition }) => ({ Action, Condition })))
      .toEqual([1, 2].map(() => ({ Action: 'sqs:SendMessage', Condition: { ArnEquals: { 'aws:SourceArn': rule } } })));
  });

  it('has the key policy that docs/encryption-and-networks.md shows for an imported key', () => {
    const text = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'encryption-and-networks.md'), 'utf8');
    const shown = JSON.parse(/```json\n(\[.*?])\n```/s.exec(text)![1]) as unknown;
    const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::StackName': 'Stack', 'AWS::URLSuffix': 'amazonaws.com' };
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    const statements: unknown = JSON.parse(JSON.stringify(key.Properties.KeyPolicy.Statement.slice(1)), (_, value) => {
      const parts = value?.['Fn::Join']?.[1] as unknown[] | undefined;
      return parts === undefined ? value?.Ref === undefined ? value : pseudo[value.Ref as string] : parts.join('');
    });
    expect(statements).toEqual(shown);
  });

  it('adds each statement to the key policy once when two constructs share the key', () => {
    const shared = newStack();
    const encryptionKey = new kms.Key(shared, 'Key');
    const other = new Stack(shared.node.root as App, 'Other', { env: { account: '111122223333', region: 'us-east-1' } });
    construct({ encryptionKey }, shared);
    construct({ encryptionKey }, other);
    const [key] = Object.values(Template.fromStack(shared).findResources('AWS::KMS::Key'));
    expect(key.Properties.KeyPolicy.Statement).toHaveLength(4);
  });
});

describe('encryption with a key of another stack', () => {
  const keyStack = newStack('Keys');
  const stack = newStack('Stack', keyStack.node.root as App);
  const template = templateOf({ encryptionKey: new kms.Key(keyStack, 'Key') }, stack);

  it('does not make the stack of the key dependent, and allows the log groups by stack name', () => {
    expect(keyStack.dependencies).toEqual([]);
    expect(stack.dependencies).toEqual([keyStack]);
    const [key] = Object.values(Template.fromStack(keyStack).findResources('AWS::KMS::Key'));
    expect(JSON.stringify(key.Properties.KeyPolicy)).toContain(':logs:us-east-1:111122223333:log-group:Stack-*');
    expect(Object.keys(keyStatements(template)).sort()).toEqual(['QueryFunctionsOnDisconnectRole', 'QueryFunctionsStatementRole']);
  });
});

describe('encryption in a nested stack with a key of its parent', () => {
  const stack = newStack();
  const nested = new NestedStack(stack, 'Nested');
  construct({ encryptionKey: new kms.Key(stack, 'Key') }, nested);
  const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));

  it('allows all log groups of the account', () => {
    expect(JSON.stringify(key.Properties.KeyPolicy)).toContain(':logs:us-east-1:111122223333:log-group:*');
  });

  it('creates no circular dependency', () => {
    expect(JSON.stringify(key)).not.toContain('Nested');
  });
});

describe('encryption with an imported key', () => {
  it('adds permissions to the roles and a warning about the key policy', () => {
    const stack = newStack();
    const template = templateOf({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY_ARN) }, stack);
    expect(Object.keys(keyStatements(template))).toHaveLength(2);
    Annotations.fromStack(stack).hasWarning('/Stack/Query/Surroundings', Match.stringLikeRegexp('policy of encryptionKey is not in this app.*docs/encryption-and-networks.md'));
  });

  it('throws when the key is in another Region', () => {
    const stack = newStack();
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', KEY_ARN.replace('us-east-1', 'eu-west-1'));
    expect(() => construct({ encryptionKey }, stack)).toThrow('encryptionKey is in eu-west-1, but the stack is in us-east-1: name a key of us-east-1');
  });

  it('adds no warning when the key is in the app', () => {
    const stack = newStack();
    construct({ encryptionKey: new kms.Key(stack, 'Key') }, stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('encryptionKey'));
  });
});

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

  it('is used by the functions that use statements when it is given', () => {
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
    const statements = (policy.Properties.PolicyDocument.Statement as Statement[]).filter(({ Action }) => [Action].flat()[0].startsWith('ec2:'));
    const changing = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'];
    const describing = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
    const interfaces = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ec2:us-east-1:111122223333:*']] };
    expect(statements).toEqual([
      { Effect: 'Allow', Action: changing, Resource: interfaces },
      { Effect: 'Allow', Action: describing, Resource: '*' },
      { Effect: 'Deny', Action: [...changing, ...describing], Resource: '*', Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } } },
    ]);
  });

  it.each(['vpcSubnets', 'securityGroups'] as const)('throws when %s is given without vpc', (name) => {
    const stack = newStack();
    expect(() => construct({ [name]: networkProps(stack)[name] }, stack)).toThrow(`${name} is given without vpc: add vpc, or omit ${name}`);
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
