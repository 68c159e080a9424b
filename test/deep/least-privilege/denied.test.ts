import * as iam from 'aws-cdk-lib/aws-iam';
import type { RedshiftWebSocketQuery } from '../../../src';
import { SQL } from '../../least-privilege/flow';
import { eventually } from '../../support/eventually';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { WebSocketClient } from '../../support/local/web-socket-client';

const DENIED: Readonly<Record<string, string>> = {
  Write: 'dynamodb:PutItem',
  Start: 'redshift-data:ExecuteStatement',
  DatabaseConnection: 'redshift:GetClusterCredentials',
  Fetch: 'redshift-data:GetStatementResult',
  Keep: 's3:PutObject',
  Post: 'execute-api:ManageConnections',
  Log: 'logs:PutLogEvents',
};

let engine: HeldEngine;
let application: LocalApplication;

function deny(query: RedshiftWebSocketQuery): void {
  query.statementRole.addToPrincipalPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: [DENIED[query.node.id]], resources: ['*'] }));
}

beforeAll(async () => {
  engine = new HeldEngine(await emptyDatabase());
  const queries = Object.fromEntries(Object.keys(DENIED).map((id) => [id, [SQL, 'rows'] as const]));
  application = await startLocalApplication(queries, engine, {}, {}, deny);
});

afterAll(async () => {
  await application?.close('expected');
  await engine?.close();
});

it.each(Object.entries(DENIED))('reports a fault for %s when %s is denied', async (id, action) => {
  const client = await WebSocketClient.connect(application.url(id));
  try {
    client.submit('a', { rows: '1000' });
    await eventually(() => expect(application.faults).toContainEqual(expect.stringMatching(new RegExp(`^${action} on .* is denied$`))));
  } finally {
    await client.close();
  }
});

it('sends start_refused without role names when a statement cannot be started', async () => {
  const client = await WebSocketClient.connect(application.url('DatabaseConnection'));
  client.submit('a', { rows: '1' });
  const { terminalMessage } = await client.waitForResult('a');
  expect(terminalMessage).toMatchObject({ type: 'error', code: 'start_refused' });
  expect(JSON.stringify(terminalMessage)).not.toContain('assumed-role');
  await client.close();
});

it('rejects the start of the stack when a function cannot receive messages from its queue', async () => {
  const start = startLocalApplication({ Poll: [SQL, 'rows'] }, engine, {}, {}, ({ statementRole }) => {
    statementRole.addToPrincipalPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['sqs:DeleteMessage'], resources: ['*'] }));
  });
  await expect(start).rejects.toThrow(/the role of PollFunctionsSendMessage\w+ does not allow sqs:DeleteMessage on PollDeliveryQueue/);
});
