import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Authorizer } from '../../../local/aws/iam/authorizer';
import { keyRequests } from '../../../local/aws/kms/customer-keys';
import { stackEnvironment } from '../../../local/aws/template/stack';
import type { RedshiftWebSocketQuery } from '../../../src';
import { networkProps } from '../../support/complete-props';
import { eventually } from '../../support/eventually';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { QueryProps } from '../../support/local/local-application';
import { WebSocketClient } from '../../support/local/web-socket-client';

const QUERIES = { Query: ['SELECT :rows AS rows', 'rows'] } as const;
const ENVIRONMENT = stackEnvironment('Stack', 'us-east-1', '111122223333');

let engine: HeldEngine;

beforeAll(async () => {
  engine = new HeldEngine(await emptyDatabase());
});

afterAll(async () => engine?.close());

const encrypted: QueryProps = (_, stack) => ({ encryptionKey: new kms.Key(stack, 'Key') });

function deny(action: string): (query: RedshiftWebSocketQuery) => void {
  return ({ statementRole }) => {
    statementRole.addToPrincipalPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: [action], resources: ['*'] }));
  };
}

it('denies a function access to a table when its role cannot use the key', async () => {
  const application = await startLocalApplication(QUERIES, engine, {}, encrypted, (query) => {
    query.statementRole.addToPrincipalPolicy(new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: ['kms:Decrypt'],
      resources: ['*'],
      conditions: { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
    }));
  });
  const client = await WebSocketClient.connect(application.url('Query'));
  client.submit('a', { rows: '1' });
  await eventually(() => expect(application.faults).toContainEqual(expect.stringMatching(/^kms:Decrypt on arn:aws:kms:.* is denied$/)));
  await client.close();
  await application.close('expected');
});

it('fails to start when a function cannot receive encrypted messages from its queue', async () => {
  await expect(startLocalApplication(QUERIES, engine, {}, encrypted, deny('kms:Decrypt'))).rejects.toThrow(/the role of \w+ does not allow sqs:ReceiveMessage on/);
});

it('fails to start when EventBridge cannot use the key of the queue', async () => {
  const start = startLocalApplication(QUERIES, engine, {}, encrypted, (query) => {
    const key = query.node.scope!.node.findChild('Key').node.defaultChild as kms.CfnKey;
    key.keyPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }] };
  });
  await expect(start).rejects.toThrow(/the AWS::SQS::QueuePolicy or the key policy doesn't allow events\.amazonaws\.com to send events of this rule to \w+/);
});

it('fails to start when a function cannot connect to its VPC', async () => {
  const inVpc: QueryProps = (_, stack) => networkProps(stack);
  await expect(startLocalApplication(QUERIES, engine, {}, inVpc, deny('ec2:CreateNetworkInterface')))
    .rejects.toThrow(/the role \S+ does not allow ec2:CreateNetworkInterface on arn:aws:ec2:us-east-1:111122223333:network-interface/);
});

it.each([['Lambda', {}, true], ['the code of a function', { 'lambda:SourceFunctionArn': 'arn:aws:lambda:us-east-1:111122223333:function:f' }, false]])(
  'evaluates lambda:SourceFunctionArn when the caller is %s', async (_, context, allowed) => {
    const statement = { Action: 'ec2:CreateNetworkInterface', Resource: '*' };
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', ...statement }, { Effect: 'Deny', ...statement, Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } } }],
    };
    const role = { arn: 'arn:aws:iam::111122223333:role/r', id: 'AROA', identityPolicies: [{ name: 'policy', policy }] };
    const authorizer = new Authorizer({ roles: new Map([['r', role]]), users: new Map(), resourcePolicies: new Map() }, ENVIRONMENT);
    const decision = await authorizer.decide({
      principal: 'arn:aws:sts::111122223333:assumed-role/r/f',
      action: 'ec2:CreateNetworkInterface',
      resource: 'arn:aws:ec2:us-east-1:111122223333:network-interface/eni-0123456789abcdef0',
      context,
    });
    expect(decision.allowed).toBe(allowed);
  },
);

it.each<[string, string, string[]]>([
  ['dynamodb:UpdateItem', 'arn:aws:dynamodb:us-east-1:111122223333:table/t', ['kms:Decrypt']],
  ['dynamodb:Query', 'arn:aws:dynamodb:us-east-1:111122223333:table/t/index/i', ['kms:Decrypt']],
  ['dynamodb:DescribeTable', 'arn:aws:dynamodb:us-east-1:111122223333:table/t', []],
  ['sqs:SendMessage', 'arn:aws:sqs:us-east-1:111122223333:q', ['kms:GenerateDataKey', 'kms:Decrypt']],
  ['sqs:ReceiveMessage', 'arn:aws:sqs:us-east-1:111122223333:q', ['kms:Decrypt']],
  ['sqs:DeleteMessage', 'arn:aws:sqs:us-east-1:111122223333:q', []],
  ['s3:PutObject', 'arn:aws:s3:::b/a/key', ['kms:GenerateDataKey']],
  ['s3:GetObject', 'arn:aws:s3:::b/a/key', ['kms:Decrypt']],
  ['s3:GetObject', 'arn:aws:s3:::other/a/key', []],
])('requires for %s on %s the key actions %j', (action, resource, expected) => {
  const keys = new Map(['arn:aws:dynamodb:us-east-1:111122223333:table/t', 'arn:aws:sqs:us-east-1:111122223333:q', 'arn:aws:s3:::b'].map((arn) => [arn, 'key']));
  const requests = keyRequests({ principal: 'p', action, resource }, keys, ENVIRONMENT);
  expect(requests.map((request) => request.action)).toEqual(expected);
  requests.forEach(({ context }) => expect(context).toMatchObject({ 'kms:ViaService': `${action.split(':')[0]}.us-east-1.amazonaws.com` }));
});
