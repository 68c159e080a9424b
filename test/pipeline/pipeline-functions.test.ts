import { Duration, Lazy } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { ConnectionAccess } from '../../src';
import { construct, environmentOf, permissionsOf, pipelineFunctions, templateOf } from '../support/construct';

const template = templateOf();

function logicalId(of: Template, type: string, part = ''): string {
  const [id, ...others] = Object.keys(of.findResources(type)).filter((each) => each.includes(part));
  expect(others).toEqual([]);
  return id;
}

describe('permissions', () => {
  const table = ['{QueryTable.Arn}'];
  const queue = ['{QueryDeliveryQueue.Arn}'];
  const logs = (...names: string[]) => names.map((name) => `{QueryFunctions${name}Logs.Arn}`);
  const statementLogs = logs('OnConnect', 'OnMessage', 'SendMessage');

  it.each(['on-connect', 'on-message', 'send-message'])('are exactly those of the shared role for %s', (entry) => {
    expect(permissionsOf(template, entry)).toEqual({
      'redshift-data:ExecuteStatement': ['arn:{AWS::Partition}:redshift:us-east-1:111122223333:cluster:analytics'],
      'redshift-data:DescribeStatement': ['*'],
      'redshift-data:GetStatementResult': ['*'],
      'redshift-data:CancelStatement': ['*'],
      'redshift:GetClusterCredentials': [
        'arn:{AWS::Partition}:redshift:us-east-1:111122223333:dbname:analytics/dev',
        'arn:{AWS::Partition}:redshift:us-east-1:111122223333:dbuser:analytics/awsuser',
      ],
      'dynamodb:GetItem': table,
      'dynamodb:PutItem': table,
      'dynamodb:UpdateItem': table,
      'dynamodb:DeleteItem': table,
      'dynamodb:Query': table,
      's3:GetObject': ['{QueryResults.Arn}/*'],
      's3:PutObject': ['{QueryResults.Arn}/*'],
      'sqs:SendMessage': ['{QueryDeliveryDeadLetters.Arn}', ...queue],
      // Lambda requires these actions to receive messages from the queue.
      'sqs:ReceiveMessage': queue,
      'sqs:DeleteMessage': queue,
      'sqs:GetQueueAttributes': queue,
      'execute-api:ManageConnections': ['DELETE', 'POST'].map((method) => `arn:{AWS::Partition}:execute-api:us-east-1:111122223333:{QueryApi}/prod/${method}/@connections/*`),
      'logs:CreateLogStream': statementLogs,
      'logs:PutLogEvents': statementLogs,
    });
  });

  it('let on-disconnect only find and remove stored items and send messages to the queue', () => {
    expect(permissionsOf(template, 'on-disconnect')).toEqual({
      'dynamodb:Query': table,
      'dynamodb:DeleteItem': table,
      'sqs:SendMessage': queue,
      'logs:CreateLogStream': logs('OnDisconnect'),
      'logs:PutLogEvents': logs('OnDisconnect'),
    });
  });
});

describe('environment', () => {
  const tableEnvironment = {
    TABLE_NAME: { Ref: logicalId(template, 'AWS::DynamoDB::Table') },
    QUEUE_URL: { Ref: logicalId(template, 'AWS::SQS::Queue', 'DeliveryQueue') },
    CALLER_IDENTITY: 'iam',
  };
  const statementEnvironment = {
    ...tableEnvironment,
    CALLBACK_URL: expect.anything(),
    STATEMENT_NAME_PREFIX: expect.anything(),
    DATABASE_NAME: 'dev',
    CLUSTER_IDENTIFIER: 'analytics',
    DATABASE_USER: 'awsuser',
    MAX_QUERIES_PER_CONNECTION: '20',
  };

  it('has the table and the queue for on-disconnect', () => {
    expect(environmentOf(template, 'on-disconnect')).toEqual(tableEnvironment);
  });

  it.each([
    ['on-connect', {}],
    ['on-message', { INLINE_WAIT_SECONDS: '1' }],
  ])('has the settings of statements and the limits of connections and callers for %s', (entry, own) => {
    const limits = { MAX_QUERIES_PER_CALLER: '100', MESSAGES_PER_SECOND: '1000', MESSAGE_BURST: '2000' };
    expect(environmentOf(template, entry)).toEqual({ ...statementEnvironment, ...limits, ...own });
  });

  it('also has the bucket and the dead-letter queue for send-message', () => {
    expect(environmentOf(template, 'send-message')).toEqual({
      ...statementEnvironment,
      RESULT_BUCKET_NAME: { Ref: logicalId(template, 'AWS::S3::Bucket') },
      DEAD_LETTER_QUEUE_URL: { Ref: logicalId(template, 'AWS::SQS::Queue', 'DeadLetters') },
    });
  });
});

describe('inlineWait', () => {
  it.each([
    ['1 second by default', undefined, '1'],
    ['disabled', Duration.seconds(0), '0'],
    ['the maximum', Duration.seconds(10), '10'],
    ['in another unit', Duration.millis(2000), '2'],
  ])('reaches only on-message when it is %s', (_, inlineWait, seconds) => {
    const waiting = templateOf({ inlineWait });
    const variables = Object.keys(pipelineFunctions(waiting)).map((entry) => [entry, environmentOf(waiting, entry).INLINE_WAIT_SECONDS]);
    expect(Object.fromEntries(variables)).toEqual({ 'on-connect': undefined, 'on-message': seconds, 'send-message': undefined, 'on-disconnect': undefined });
  });

  it('requires no other permissions, because on-message and send-message share their role', () => {
    expect(permissionsOf(templateOf({ inlineWait: Duration.seconds(0) }), 'on-message')).toEqual(permissionsOf(template, 'on-message'));
  });

  it('leaves on-message most of its timeout for its other calls when it is the maximum', () => {
    const { Timeout, Environment } = pipelineFunctions(templateOf({ inlineWait: Duration.seconds(10) }))['on-message'];
    expect(Timeout - Number(Environment.Variables.INLINE_WAIT_SECONDS)).toBeGreaterThan(Timeout / 2);
  });

  it.each([
    ['exceeds the maximum', Duration.seconds(11), 'inlineWait is Duration.seconds(11): give an integer number of seconds from 0 seconds to 10 seconds'],
    ['exceeds the maximum in another unit', Duration.minutes(1), 'inlineWait is Duration.minutes(1): give an integer number of seconds from 0 seconds to 10 seconds'],
    ['is not in integer seconds', Duration.seconds(1.5), 'inlineWait is Duration.seconds(1.5): give an integer number of seconds from 0 seconds to 10 seconds'],
    ['is a token', Duration.seconds(Lazy.number({ produce: () => 1 })), 'inlineWait must be known at synthesis, but is a token: write it out'],
  ])('throws when it %s', (_, inlineWait, message) => {
    expect(() => construct({ inlineWait })).toThrow(message);
  });
});

describe('open access', () => {
  const open = templateOf({ access: ConnectionAccess.open() });

  it('lets no function close a connection, because sessions do not end', () => {
    expect(permissionsOf(open, 'on-message')['execute-api:ManageConnections']).toEqual([
      'arn:{AWS::Partition}:execute-api:us-east-1:111122223333:{QueryApi}/prod/POST/@connections/*',
    ]);
  });

  it.each(['on-connect', 'on-message', 'send-message', 'on-disconnect'])('passes no caller identity and no credential keys to %s', (entry) => {
    const names = Object.keys(environmentOf(open, entry));
    expect(names.filter((name) => ['CALLER_IDENTITY', 'MAX_QUERIES_PER_CALLER', 'CREDENTIAL_KEYS'].includes(name))).toEqual([]);
  });
});

it('passes the credential key of the URL only to on-connect when callers have tokens', () => {
  const withTokens = templateOf({ access: ConnectionAccess.oneTimeTicket() });
  expect(environmentOf(withTokens, 'on-connect')).toMatchObject({ CALLER_IDENTITY: 'token', CREDENTIAL_KEYS: '["token"]' });
  expect(environmentOf(withTokens, 'on-message')).not.toHaveProperty('CREDENTIAL_KEYS');
});
