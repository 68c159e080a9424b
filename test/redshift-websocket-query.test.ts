import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ConnectionAccess, RedshiftWebSocketQuery } from '../src';
import { completeProps } from './support/complete-props';
import { allowedResources, construct, definitionsOf, environmentOf, LEAST_PROPS, newStack, pipelineFunctions, templateOf } from './support/construct';

describe('with the least props', () => {
  const template = templateOf();

  test('is closed: connecting needs IAM', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'AWS_IAM' });
  });

  test('routes connecting, leaving and every message', () => {
    const keys = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties.RouteKey);
    expect(keys.sort()).toEqual(['$connect', '$default', '$disconnect']);
  });

  test('keeps records in a table whose items expire', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: {
        KeySchema: [{ AttributeName: 'partitionKey', KeyType: 'HASH' }, { AttributeName: 'sortKey', KeyType: 'RANGE' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
  });

  test('matches only the end of its own statements', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.redshift-data'],
        'detail-type': ['Redshift Data Statement Status Change'],
        'detail': { statementName: [{ prefix: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, `/${construct().node.addr}/`]] } }] },
      },
    });
  });

  test('puts aside what fails five times, and what EventBridge cannot deliver', () => {
    const deadLetters = Match.stringLikeRegexp('DeadLetters');
    template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] }, maxReceiveCount: 1000 },
      SqsManagedSseEnabled: true,
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: { 'Fn::GetAtt': [deadLetters, 'Arn'] } } })],
    });
  });

  test('hides a message from other workers for longer than SendMessage may run', () => {
    const [queue] = Object.values(template.findResources('AWS::SQS::Queue', { Properties: { RedrivePolicy: Match.anyValue() } }));
    expect(queue.Properties.VisibilityTimeout).toBeGreaterThan(pipelineFunctions(template)['send-message'].Timeout);
  });

  test('reports failures of a batch one by one, and bounds the workers', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  test('refuses queue access without TLS', () => {
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
      }),
    });
  });

  test('keeps each log for a month in a group of its own', () => {
    template.resourceCountIs('AWS::Logs::LogGroup', 4);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    const logGroups = Object.values(pipelineFunctions(template)).map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref);
    expect(logGroups.sort()).toEqual(Object.keys(template.findResources('AWS::Logs::LogGroup')).sort());
  });

  test('runs on Node.js 24, within the 29 seconds that API Gateway waits', () => {
    const { 'send-message': sendMessage, ...integrations } = pipelineFunctions(template);
    expect(sendMessage).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    expect(Object.keys(integrations).sort()).toEqual(['on-connect', 'on-disconnect', 'on-message']);
    for (const properties of Object.values(integrations)) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 29 });
    }
  });

  test('shares one role between the functions that touch statements, since a statement is shown only to the role that started it', () => {
    const functions = Object.entries(pipelineFunctions(template));
    const statementRole = functions.map(([entry, { Role }]) => [entry, Role['Fn::GetAtt'][0].includes('StatementRole')]);
    expect(Object.fromEntries(statementRole)).toEqual({ 'on-connect': true, 'on-message': true, 'send-message': true, 'on-disconnect': false });
  });

  test('gives every resource a name that CloudFormation chooses', () => {
    const names = Object.values(template.toJSON().Resources as Record<string, { Type: string; Properties: object }>)
      .flatMap(({ Type, Properties }) => Object.keys(Properties).map((property) => `${Type}.${property}`))
      .filter((property) => /\.(TableName|QueueName|RoleName|LogGroupName|LayerName)$|^AWS::(Events::Rule\.Name|S3::Bucket\.BucketName)$/.test(property));
    expect(names).toEqual([]);
  });

  test('synthesizes what the snapshot shows', () => {
    expect(template.toJSON()).toMatchSnapshot();
  });
});

describe('with all props', () => {
  const stack = newStack();
  const template = templateOf(completeProps(stack), stack);

  test('is as open, as long-lived and as named as it was told', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'NONE' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { StageName: 'live' });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
    template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
    template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  });

  test('is as patient, as sparing and as generous as it was told', () => {
    expect(definitionsOf(stack)).toMatchObject({
      default: { timeoutSeconds: 300, resultReuseSeconds: 5400, resultRetentionSeconds: 259_200, maxRows: 1000, maxResultBytes: 1_000_000 },
    });
    expect(environmentOf(template, 'on-connect')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: '3' });
    template.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 5 })] } });
  });

  test('synthesizes what the snapshot shows', () => {
    expect(template.toJSON()).toMatchSnapshot();
  });
});

describe('what it gives', () => {
  test('the addresses of the stage', () => {
    const query = construct();
    const stack = Stack.of(query);
    const api = { Ref: stack.getLogicalId(query.webSocketApi.node.defaultChild as any) };
    const join = (scheme: string) => ({ 'Fn::Join': ['', [scheme, api, '.execute-api.us-east-1.', { Ref: 'AWS::URLSuffix' }, '/prod']] });
    expect(stack.resolve(query.url)).toEqual(join('wss://'));
    expect(stack.resolve(query.callbackUrl)).toEqual(join('https://'));
  });

  test('each part of the pipeline', () => {
    const query = construct();
    for (const part of [query.webSocketApi, query.stage, query.onConnectFunction, query.onMessageFunction, query.sendMessageFunction,
      query.onDisconnectFunction, query.table, query.resultBucket, query.rule, query.deliveryQueue, query.deadLetterQueue, query.statementRole]) {
      expect(part.node.scopes).toContain(query);
    }
  });

  test('grantConnect lets a principal open connections and nothing more', () => {
    const stack = newStack();
    const query = construct({}, stack);
    const user = new iam.User(stack, 'User');
    query.grantConnect(user);
    const resources = allowedResources(Template.fromStack(stack), 'execute-api:Invoke');
    expect(resources).toHaveLength(1);
    expect(resources[0]).toMatch(/^arn:\{AWS::Partition}:execute-api:us-east-1:111122223333:\{QueryApi\w+}\/prod\/\$connect$/);
  });

  test.each([
    ['open', () => ConnectionAccess.open()],
    ['by ticket', () => ConnectionAccess.oneTimeTicket()],
  ])('grantConnect throws when access is %s', (_, access) => {
    const stack = newStack();
    const query = construct({ access: access() }, stack);
    expect(() => query.grantConnect(new iam.User(stack, 'User')))
      .toThrow('access is not ConnectionAccess.iam(), so no IAM permission lets a client connect: remove grantConnect(), or use access: ConnectionAccess.iam()');
  });
});

describe('two of them', () => {
  function prefixes(...stacks: Stack[]): string[] {
    return stacks.flatMap((stack) => Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule')))
      .map(({ Properties }) => JSON.stringify(Properties.EventPattern.detail.statementName));
  }

  test('in one stack never hear each other', () => {
    const stack = newStack();
    new RedshiftWebSocketQuery(stack, 'One', LEAST_PROPS);
    new RedshiftWebSocketQuery(stack, 'Two', LEAST_PROPS);
    expect(new Set(prefixes(stack)).size).toBe(2);
  });

  test('in two stacks of an account never hear each other, even if the app is the same', () => {
    const prefix = JSON.parse(prefixes(construct().node.scope as Stack)[0])[0].prefix;
    expect(prefix['Fn::Join'][1][0]).toEqual({ Ref: 'AWS::StackName' });
    expect(prefix['Fn::Join'][1][1]).toMatch(/^\/[0-9a-f]{42}\/$/);
  });

  test('the functions start statements with the prefix that the rule matches', () => {
    const template = templateOf();
    const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
    for (const entry of ['on-connect', 'on-message', 'send-message']) {
      expect(environmentOf(template, entry)).toMatchObject({ STATEMENT_NAME_PREFIX: rule.Properties.EventPattern.detail.statementName[0].prefix });
    }
  });
});
