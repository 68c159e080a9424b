import type { SqlEngine } from '../../local/redshift/engine/sql-engine';
import { AUDIENCE, ORIGIN, startAccessApplication, subprotocolsWith, tryToConnect } from '../support/local/access-application';
import type { AccessApplication } from '../support/local/access-application';
import { emptyDatabase } from '../support/local/empty-database';
import { presigned, signedHeaders } from '../support/local/signed-request';
import { TestIssuer } from '../support/local/test-issuer';
import { WebSocketClient } from '../support/local/web-socket-client';

let issuer: TestIssuer;
let engine: SqlEngine;
let application: AccessApplication;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  engine = await emptyDatabase();
  application = await startAccessApplication(issuer, engine);
});

afterAll(async () => {
  await application?.close();
  await engine?.close();
  await issuer?.close();
});

/** Connects and asks, also for what is bound from the claims, as somebody who was let in can. */
async function expectAnswer(url: string, mine: unknown, subprotocols: string[] = []): Promise<void> {
  const client = await WebSocketClient.connect(url, subprotocols);
  client.ask('a', { n: '7' });
  client.say({ type: 'query', id: 'b', query: 'mine' });
  expect((await client.answer('a')).rows).toEqual([[7]]);
  expect((await client.answer('b')).rows).toEqual([[mine]]);
  expect(client.socket.protocol).toBe(subprotocols.length > 0 ? 'redshift-query.v1' : '');
  await client.close();
}

const cognitoClaims = (tokenUse: 'access' | 'id') => tokenUse === 'access'
  ? { token_use: 'access', client_id: application.userPoolClientId, tenant_id: 'acme' }
  : { token_use: 'id', aud: application.userPoolClientId, tenant_id: 'acme' };

test('a user of a Cognito user pool is answered, with an access token or an ID token, as the construct says', async () => {
  await expectAnswer(application.url('Cognito'), 'acme', subprotocolsWith(await issuer.token(cognitoClaims('access'))));
  await expectAnswer(application.url('CognitoId'), 'acme', subprotocolsWith(await issuer.token(cognitoClaims('id'))));
});

test.each(['rsa', 'elliptic'])('a user of an OpenID Connect issuer is answered, with a token signed by its %s key', async (kid) => {
  await expectAnswer(application.url('Issuer'), '7', subprotocolsWith(await issuer.token({ aud: AUDIENCE, tenant_id: 7 }, kid)));
});

test('a token that no subprotocol can carry comes by the address', async () => {
  const token = await issuer.token({ aud: ['another', AUDIENCE] });
  expect(await tryToConnect(`${application.url('Issuer')}?token=${encodeURIComponent(token)}`)).toBe(101);
});

test('whoever a Lambda authorizer lets in is answered, and no one else', async () => {
  await expectAnswer(`${application.url('Own')}?key=right`, '7');
  const statusFor = (key: string) => tryToConnect(`${application.url('Own')}?key=${key}`);
  expect(await statusFor('wrong')).toBe(403);
  expect(await statusFor('elsewhere')).toBe(403);
  expect(await statusFor('unauthorized')).toBe(401);
  expect(await statusFor('broken')).toBe(500);
  expect(await statusFor('nested')).toBe(500);
});

test('a Lambda authorizer is not run for a client that brings nothing', async () => {
  expect(await tryToConnect(application.url('Own'))).toBe(401);
  expect(application.logged.join('\n')).toContain('401: the request brings no querystring key');
});

test('who has a ticket is answered', async () => {
  const ticket = await application.issueTicket({ caller: 'ada', claims: { tenant_id: 'acme', other: 'unused' } });
  await expectAnswer(application.url('Ticket'), 'acme', subprotocolsWith(ticket));
});

test('a page of an allowed origin is let in', async () => {
  const token = await issuer.token({ aud: AUDIENCE });
  expect(await tryToConnect(application.url('Issuer'), { token, headers: { origin: ORIGIN } })).toBe(101);
});

describe('with IAM', () => {
  test.each(['Welcome', 'WelcomeRole'])('a principal that was granted to connect is answered, with a presigned address: %s', async (id) => {
    const url = await presigned(application.url('Iam'), application.aws.credentialsOf(application.logicalIds[id]));
    await expectAnswer(url, expect.stringMatching(/^arn:aws:(iam::111122223333:user|sts::111122223333:assumed-role)\/EndToEnd-Welcome/));
  });

  test('a principal that was granted to connect is let in, with a signed header', async () => {
    const headers = await signedHeaders(application.url('Iam'), application.aws.credentialsOf(application.logicalIds.Welcome));
    expect(await tryToConnect(application.url('Iam'), { headers })).toBe(101);
  });

  test('a principal that was not granted to connect is refused', async () => {
    expect(await tryToConnect(await presigned(application.url('Iam'), application.aws.credentialsOf(application.logicalIds.Stranger)))).toBe(403);
  });
});
