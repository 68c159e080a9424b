import { once } from 'node:events';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { CfnElement } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { AccessRequest } from '../../../local/aws';
import { ConnectionAccess } from '../../../src';
import { runFlow, SQL } from '../../least-privilege/flow';
import { authorizerWithout, grantsOf, policiesOf } from '../../least-privilege/policies';
import { eventually } from '../../support/eventually';
import { AUDIENCE, startAccessApplication, subprotocolsWith, tryToConnect } from '../../support/local/access-application';
import type { AccessApplication } from '../../support/local/access-application';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { TestIssuer } from '../../support/local/test-issuer';
import { WebSocketClient } from '../../support/local/web-socket-client';

/** Of a construct whose callers are known. */
const ALL_ROLES = /StatementRole|OnDisconnectRole|AuthorizeTokenRole/;
const ROLES = /AuthorizeTokenRole|RedeemTicketRole|IssueTicketRole/;

let issuer: TestIssuer;
let engine: HeldEngine;
let application: AccessApplication;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  engine = new HeldEngine(await emptyDatabase());
  application = await startAccessApplication(issuer, engine);
});

afterAll(async () => {
  await application?.close();
  await engine?.close();
  await issuer?.close();
});

/** The distinct requests of roles. */
function recording({ accesses } = application as LocalApplication, roles = ROLES): AccessRequest[] {
  const done = accesses.filter(({ principal }) => roles.test(principal));
  return [...new Map(done.map((request) => [JSON.stringify(request), request])).values()];
}

/** The grants without which nothing that was done is denied. */
async function leftOver(of: LocalApplication, roles: RegExp): Promise<string[]> {
  const policies = policiesOf(of.assemblyDirectory);
  const done = recording(of, roles);
  const unused: string[] = [];
  for (const grant of grantsOf(policies, roles)) {
    const authorizer = authorizerWithout(policies, grant);
    const requests = done.filter(({ principal, action }) => principal.split('/')[1] === grant.role && action === grant.action);
    const decisions = await Promise.all(requests.map(async (request) => authorizer.decide(request)));
    if (decisions.every(({ allowed }) => allowed)) {
      unused.push(`${grant.role}: ${grant.action} on ${grant.resource}`);
    }
  }
  return unused;
}

it('accepts each caller that the access allows, and denies no request to the functions', async () => {
  const { userPoolClientId: client } = application;
  const token = (id: string, claims: object) => issuer.token({ ...claims }).then(async (made) => tryToConnect(application.url(id), { token: made }));
  expect(await token('Issuer', { aud: AUDIENCE })).toBe(101);
  expect(await token('Cognito', { token_use: 'access', client_id: client })).toBe(101);
  expect(await token('CognitoId', { token_use: 'id', aud: client })).toBe(101);
  expect(await tryToConnect(application.url('Unreachable'), { token: 'a.b.c' })).toBe(403);
  expect(await tryToConnect(application.url('Ticket'), { token: await application.issueTicket({ caller: 'ada' }) })).toBe(101);
  expect(application.faults).toEqual([]);
});

it('grants the functions for access no unused permission', async () => {
  // Two for the log of each of four functions that verify tokens, and three for each of the two functions for tickets.
  expect(grantsOf(policiesOf(application.assemblyDirectory), ROLES)).toHaveLength(4 * 2 + 2 * 3);
  expect(await leftOver(application, ROLES)).toEqual([]);
});

it('grants AuthorizeToken only the permissions for its log', () => {
  const actions = grantsOf(policiesOf(application.assemblyDirectory), /AuthorizeTokenRole/).map(({ action }) => action);
  expect([...new Set(actions)].sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
});

it('grants the functions for tickets only access to the items of tickets', async () => {
  const authorizer = authorizerWithout(policiesOf(application.assemblyDirectory));
  const tickets = recording().filter(({ action }) => action.startsWith('dynamodb:'));
  expect(tickets.map(({ action }) => action).sort()).toEqual(['dynamodb:DeleteItem', 'dynamodb:PutItem']);
  for (const request of tickets) {
    const decide = async (...keys: string[]) => (await authorizer.decide({ ...request, context: { 'dynamodb:LeadingKeys': keys } })).allowed;
    expect(await decide('ticket#a')).toBe(true);
    expect(await decide('connection#a')).toBe(false);
    expect(await decide('run#a')).toBe(false);
    expect(await decide('ticket#a', 'run#a')).toBe(false);
  }
});

it('lets only a principal with grantIssueTicket issue tickets', async () => {
  const { BackEndArn: backEnd, StrangerArn: otherRole, IssueTicketArn: resource } = application.aws.outputs;
  const authorizer = authorizerWithout(policiesOf(application.assemblyDirectory));
  const mayIssue = async (principal: string) => (await authorizer.decide({ principal, action: 'lambda:InvokeFunction', resource })).allowed;
  expect(await mayIssue(backEnd)).toBe(true);
  expect(await mayIssue(otherRole)).toBe(false);
  const roles = [...new Set(application.accesses.map(({ principal }) => principal).filter((principal) => principal.includes(':assumed-role/')))];
  expect(roles.length).toBeGreaterThan(3);
  expect((await Promise.all(roles.map(mayIssue))).filter(Boolean)).toEqual([]);
});

it('grants no missing or unused permission to the functions when a session expires', async () => {
  const known = await startLocalApplication({ Known: [SQL, 'rows'] }, engine, { extraCaCertificates: issuer.certificateFile }, {
    access: ConnectionAccess.openIdConnect({ issuer: issuer.url, audience: [AUDIENCE] }),
  });
  try {
    const token = async (lifeSeconds: number) => issuer.token({ aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + lifeSeconds });
    await runFlow(known, engine, 'Known', async () => subprotocolsWith(await token(3600)));
    const leaving = await WebSocketClient.connect(known.url('Known'), subprotocolsWith(await token(5)));
    const closed = once(leaving.socket, 'close');
    expect(await leaving.waitFor(({ type }) => type === 'bye')).toMatchObject({ retryable: true });
    await closed;
    await eventually(async () => expect(await known.items('Known')).not.toContainEqual(expect.objectContaining({ sortKey: 'identity' })));
    expect(known.faults).toEqual([]);
    expect(await leftOver(known, ALL_ROLES)).toEqual([]);
  } finally {
    await known.close();
  }
});

it('grants the functions for tickets the key of the customer only for the table', async () => {
  const sealed = await startLocalApplication({ Sealed: [SQL, 'rows'] }, engine, {}, (_, stack) => (
    { access: ConnectionAccess.oneTimeTicket(), encryptionKey: new kms.Key(stack, 'Key') }
  ), ({ issueTicketFunction }) => void new CfnOutput(Stack.of(issueTicketFunction!), 'IssueTicket', { value: logicalIdOf(issueTicketFunction!) }));
  try {
    const { payload } = await sealed.aws.invoke(sealed.aws.outputs.IssueTicket, { caller: 'ada' }) as { payload: string };
    expect(await tryToConnect(sealed.url('Sealed'), { token: JSON.parse(payload).ticket })).toBe(101);
    expect(sealed.faults).toEqual([]);
    expect(grantsOf(policiesOf(sealed.assemblyDirectory), ROLES).map(({ action }) => action)).toContain('kms:Decrypt');
    expect(await leftOver(sealed, ROLES)).toEqual([]);
  } finally {
    await sealed.close();
  }
});

function logicalIdOf(resource: lambda.Function): string {
  return Stack.of(resource).getLogicalId(resource.node.defaultChild as CfnElement);
}
