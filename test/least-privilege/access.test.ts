import { authorizerWithout, grantsOf, policiesOf } from './policies';
import type { AccessRequest } from '../../local/aws';
import type { SqlEngine } from '../../local/redshift/engine/sql-engine';
import { AUDIENCE, startAccessApplication, tryToConnect } from '../support/access-application';
import type { AccessApplication } from '../support/access-application';
import { emptyDatabase } from '../support/empty-database';
import { TestIssuer } from '../support/test-issuer';

const ROLES = /AuthorizeTokenRole|RedeemTicketRole|IssueTicketRole/;

let issuer: TestIssuer;
let engine: SqlEngine;
let application: AccessApplication;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  engine = await emptyDatabase();
  application = await startAccessApplication(issuer, engine);
}, 120_000);

afterAll(async () => {
  await application?.close();
  await engine?.close();
  await issuer?.close();
});

/** What the functions have done that decide who may connect, each once. */
function recording(): AccessRequest[] {
  const done = application.accesses.filter(({ principal }) => ROLES.test(principal));
  return [...new Map(done.map((request) => [JSON.stringify(request), request])).values()];
}

test('nothing is missing: everybody whom a construct lets in is let in, and nothing is denied', async () => {
  const { userPoolClientId: client } = application;
  const token = (id: string, claims: object) => issuer.token({ ...claims }).then(async (made) => tryToConnect(application.url(id), { token: made }));
  expect(await token('Issuer', { aud: AUDIENCE })).toBe(101);
  expect(await token('Cognito', { token_use: 'access', client_id: client })).toBe(101);
  expect(await token('CognitoId', { token_use: 'id', aud: client })).toBe(101);
  expect(await tryToConnect(application.url('Unreachable'), { token: 'a.b.c' })).toBe(403);
  expect(await tryToConnect(application.url('Ticket'), { token: await application.issueTicket({ caller: 'ada' }) })).toBe(101);
  expect(application.faults).toEqual([]);
}, 120_000);

test('nothing is left over: without any one grant something that was done is denied', async () => {
  const policies = policiesOf(application.assemblyDirectory);
  const grants = grantsOf(policies, ROLES);
  // Two for the log of each of four functions that verify tokens, and three for each of the two that know tickets.
  expect(grants).toHaveLength(4 * 2 + 2 * 3);
  const leftOver: string[] = [];
  for (const grant of grants) {
    const authorizer = authorizerWithout(policies, grant);
    const requests = recording().filter(({ principal, action }) => principal.split('/')[1] === grant.role && action === grant.action);
    const decisions = await Promise.all(requests.map(async (request) => authorizer.decide(request)));
    if (decisions.every(({ allowed }) => allowed)) {
      leftOver.push(`${grant.role}: ${grant.action} on ${grant.resource}`);
    }
  }
  expect(leftOver).toEqual([]);
}, 120_000);

test('what verifies tokens may do nothing on AWS but write its log', () => {
  const actions = grantsOf(policiesOf(application.assemblyDirectory), /AuthorizeTokenRole/).map(({ action }) => action);
  expect([...new Set(actions)].sort()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
});

test('what knows tickets may touch no other item of the table', async () => {
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
