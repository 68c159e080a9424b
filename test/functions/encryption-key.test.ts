import * as fs from 'fs';
import * as path from 'path';
import { NestedStack, Stack } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ConnectionAccess } from '../../src';
import { construct, newStack, pipelineFunctions, templateOf } from '../support/construct';

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
    expect(Object.values(pipelineFunctions(template)).map(({ KmsKeyArn }) => KmsKeyArn)).toEqual(Array(4).fill(keyArn));
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
    const document = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'encryption-and-networks.md'), 'utf8');
    const shown = JSON.parse(/```json\n(\[.*?])\n```/s.exec(document)![1]) as unknown;
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
