import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ConnectionAccess, RedshiftWebSocketQuery } from '../src';
import { completeProps } from './support/complete-props';
import { allowedResources, construct, definitionsOf, environmentOf, LEAST_PROPS, newStack, pipelineFunctions, templateOf } from './support/construct';

describe('RedshiftWebSocketQuery with the required props', () => {
  const template = templateOf();

  it('requires IAM credentials to connect', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'AWS_IAM' });
  });

  it('has the routes $connect, $disconnect and $default', () => {
    const keys = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => Properties.RouteKey);
    expect(keys.sort()).toEqual(['$connect', '$default', '$disconnect']);
  });

  it('stores records in a table whose items expire', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: {
        KeySchema: [{ AttributeName: 'partitionKey', KeyType: 'HASH' }, { AttributeName: 'sortKey', KeyType: 'RANGE' }],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
  });

  it('matches only events of its own ended statements', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.redshift-data'],
        'detail-type': ['Redshift Data Statement Status Change'],
        'detail': { statementName: [{ prefix: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, `/${construct().node.addr}/`]] } }] },
      },
    });
  });

  it('has a dead-letter queue for failed jobs and undelivered events', () => {
    const deadLetters = Match.stringLikeRegexp('DeadLetters');
    template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] }, maxReceiveCount: 1000 },
      SqsManagedSseEnabled: true,
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: { 'Fn::GetAtt': [deadLetters, 'Arn'] } } })],
    });
  });

  it('has a visibility timeout longer than the timeout of SendMessage', () => {
    const [queue] = Object.values(template.findResources('AWS::SQS::Queue', { Properties: { RedrivePolicy: Match.anyValue() } }));
    expect(queue.Properties.VisibilityTimeout).toBeGreaterThan(pipelineFunctions(template)['send-message'].Timeout);
  });

  it('reports batch item failures and limits the concurrency of SendMessage', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  it('denies access to the queues without TLS', () => {
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
      }),
    });
  });

  it('retains the logs of each function for a month in its own log group', () => {
    template.resourceCountIs('AWS::Logs::LogGroup', 4);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    const logGroups = Object.values(pipelineFunctions(template)).map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref);
    expect(logGroups.sort()).toEqual(Object.keys(template.findResources('AWS::Logs::LogGroup')).sort());
  });

  it('runs Node.js 24 with timeouts of at most the 29 seconds of API Gateway', () => {
    const { 'send-message': sendMessage, ...integrations } = pipelineFunctions(template);
    expect(sendMessage).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    expect(Object.keys(integrations).sort()).toEqual(['on-connect', 'on-disconnect', 'on-message']);
    for (const properties of Object.values(integrations)) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler', Timeout: 29 });
    }
  });

  it('shares one role between the functions that use statements, because the Data API shows a statement only to the role that started it', () => {
    const functions = Object.entries(pipelineFunctions(template));
    const statementRole = functions.map(([entry, { Role }]) => [entry, Role['Fn::GetAtt'][0].includes('StatementRole')]);
    expect(Object.fromEntries(statementRole)).toEqual({ 'on-connect': true, 'on-message': true, 'send-message': true, 'on-disconnect': false });
  });

  it('lets CloudFormation choose all names', () => {
    const names = Object.values(template.toJSON().Resources as Record<string, { Type: string; Properties: object }>)
      .flatMap(({ Type, Properties }) => Object.keys(Properties).map((property) => `${Type}.${property}`))
      .filter((property) => /\.(TableName|QueueName|RoleName|LogGroupName|LayerName)$|^AWS::(Events::Rule\.Name|S3::Bucket\.BucketName)$/.test(property));
    expect(names).toEqual([]);
  });

  it('matches the snapshot', () => {
    expect(template.toJSON()).toMatchSnapshot();
  });
});

describe('RedshiftWebSocketQuery with all props', () => {
  const stack = newStack();
  const template = templateOf(completeProps(stack), stack);

  it('uses the configured access, removal policy and stage name', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'NONE' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { StageName: 'live' });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
    template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
    template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
  });

  it('uses the configured timeout, reuse and limits', () => {
    expect(definitionsOf(stack)).toMatchObject({
      default: { timeoutSeconds: 300, resultReuseSeconds: 5400, resultRetentionSeconds: 259_200, maxRows: 1000, maxResultBytes: 1_000_000 },
    });
    expect(environmentOf(template, 'on-connect')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: '3' });
    template.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 5 })] } });
  });

  it('matches the snapshot', () => {
    expect(template.toJSON()).toMatchSnapshot();
  });
});

describe('RedshiftWebSocketQuery', () => {
  it('returns the URLs of the stage', () => {
    const query = construct();
    const stack = Stack.of(query);
    const api = { Ref: stack.getLogicalId(query.webSocketApi.node.defaultChild as any) };
    const join = (scheme: string) => ({ 'Fn::Join': ['', [scheme, api, '.execute-api.us-east-1.', { Ref: 'AWS::URLSuffix' }, '/prod']] });
    expect(stack.resolve(query.url)).toEqual(join('wss://'));
    expect(stack.resolve(query.callbackUrl)).toEqual(join('https://'));
  });

  it('exposes each part of the pipeline', () => {
    const query = construct();
    for (const part of [query.webSocketApi, query.stage, query.onConnectFunction, query.onMessageFunction, query.sendMessageFunction,
      query.onDisconnectFunction, query.table, query.resultBucket, query.rule, query.deliveryQueue, query.deadLetterQueue, query.statementRole]) {
      expect(part.node.scopes).toContain(query);
    }
  });

  it('allows a principal only to open connections when grantConnect is called', () => {
    const stack = newStack();
    const query = construct({}, stack);
    const user = new iam.User(stack, 'User');
    query.grantConnect(user);
    const resources = allowedResources(Template.fromStack(stack), 'execute-api:Invoke');
    expect(resources).toHaveLength(1);
    expect(resources[0]).toMatch(/^arn:\{AWS::Partition}:execute-api:us-east-1:111122223333:\{QueryApi\w+}\/prod\/\$connect$/);
  });

  it.each([
    ['open', () => ConnectionAccess.open()],
    ['by ticket', () => ConnectionAccess.oneTimeTicket()],
  ])('throws in grantConnect when access is %s', (_, access) => {
    const stack = newStack();
    const query = construct({ access: access() }, stack);
    expect(() => query.grantConnect(new iam.User(stack, 'User')))
      .toThrow('access is not ConnectionAccess.iam(), so no IAM permission lets a client connect: remove grantConnect(), or use access: ConnectionAccess.iam()');
  });
});

describe('Two RedshiftWebSocketQuery constructs', () => {
  function prefixes(...stacks: Stack[]): string[] {
    return stacks.flatMap((stack) => Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule')))
      .map(({ Properties }) => JSON.stringify(Properties.EventPattern.detail.statementName));
  }

  it('match different statements when they are in one stack', () => {
    const stack = newStack();
    new RedshiftWebSocketQuery(stack, 'One', LEAST_PROPS);
    new RedshiftWebSocketQuery(stack, 'Two', LEAST_PROPS);
    expect(new Set(prefixes(stack)).size).toBe(2);
  });

  it('match different statements when one app is deployed in two stacks', () => {
    const prefix = JSON.parse(prefixes(construct().node.scope as Stack)[0])[0].prefix;
    expect(prefix['Fn::Join'][1][0]).toEqual({ Ref: 'AWS::StackName' });
    expect(prefix['Fn::Join'][1][1]).toMatch(/^\/[0-9a-f]{42}\/$/);
  });

  it('start statements with the prefix that their rule matches', () => {
    const template = templateOf();
    const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
    for (const entry of ['on-connect', 'on-message', 'send-message']) {
      expect(environmentOf(template, entry)).toMatchObject({ STATEMENT_NAME_PREFIX: rule.Properties.EventPattern.detail.statementName[0].prefix });
    }
  });
});
