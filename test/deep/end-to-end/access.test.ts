import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { AUDIENCE, ORIGIN, startAccessApplication, subprotocolsWith, tryToConnect } from '../../support/local/access-application';
import type { AccessApplication } from '../../support/local/access-application';
import { emptyDatabase } from '../../support/local/empty-database';
import { presigned, signedHeaders } from '../../support/local/signed-request';
import { TestIssuer } from '../../support/local/test-issuer';
import { WebSocketClient } from '../../support/local/web-socket-client';

let issuer: TestIssuer;
let engine: SqlEngine;
let application: AccessApplication;

describe('access of the local application', () => {
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

  /** Connects and submits two queries, one of them with a parameter that is bound to a claim. Expects their results. */
  async function expectResults(url: string, claimValue: unknown, subprotocols: string[] = []): Promise<void> {
    const client = await WebSocketClient.connect(url, subprotocols);
    client.submit('a', { n: '7' });
    client.send({ type: 'query', id: 'b', query: 'mine' });
    expect((await client.waitForResult('a')).rows).toEqual([[7]]);
    expect((await client.waitForResult('b')).rows).toEqual([[claimValue]]);
    expect(client.socket.protocol).toBe(subprotocols.length > 0 ? 'redshift-query.v1' : '');
    await client.close();
  }

  const cognitoClaims = (tokenUse: 'access' | 'id') => tokenUse === 'access'
    ? { token_use: 'access', client_id: application.userPoolClientId, tenant_id: 'acme' }
    : { token_use: 'id', aud: application.userPoolClientId, tenant_id: 'acme' };

  it('accepts access tokens or ID tokens of a Cognito user pool when the construct allows them', async () => {
    await expectResults(application.url('Cognito'), 'acme', subprotocolsWith(await issuer.token(cognitoClaims('access'))));
    await expectResults(application.url('CognitoId'), 'acme', subprotocolsWith(await issuer.token(cognitoClaims('id'))));
  });

  it.each(['rsa', 'elliptic'])('accepts a token of an OpenID Connect issuer when it is signed by the %s key', async (kid) => {
    await expectResults(application.url('Issuer'), '7', subprotocolsWith(await issuer.token({ aud: AUDIENCE, tenant_id: 7 }, kid)));
  });

  it('accepts a token in the URL when it can\'t be a subprotocol', async () => {
    const token = await issuer.token({ aud: ['another', AUDIENCE] });
    expect(await tryToConnect(`${application.url('Issuer')}?token=${encodeURIComponent(token)}`)).toBe(101);
  });

  it('accepts only clients that the Lambda authorizer allows', async () => {
    await expectResults(`${application.url('Own')}?key=right`, '7');
    const statusFor = (key: string) => tryToConnect(`${application.url('Own')}?key=${key}`);
    expect(await statusFor('wrong')).toBe(403);
    expect(await statusFor('elsewhere')).toBe(403);
    expect(await statusFor('unauthorized')).toBe(401);
    expect(await statusFor('broken')).toBe(500);
    expect(await statusFor('nested')).toBe(500);
  });

  it('doesn\'t invoke the Lambda authorizer when the identity source is missing', async () => {
    expect(await tryToConnect(application.url('Own'))).toBe(401);
    expect(application.logged.join('\n')).toContain('401: the connect request has no querystring key');
  });

  it('accepts a client when it has a ticket', async () => {
    const ticket = await application.issueTicket({ caller: 'ada', claims: { tenant_id: 'acme', other: 'unused' } });
    await expectResults(application.url('Ticket'), 'acme', subprotocolsWith(ticket));
  });

  it('accepts a page when its origin is allowed', async () => {
    const token = await issuer.token({ aud: AUDIENCE });
    expect(await tryToConnect(application.url('Issuer'), { token, headers: { origin: ORIGIN } })).toBe(101);
  });

  describe('with IAM', () => {
    it.each(['Welcome', 'WelcomeRole'])('accepts a presigned URL when the principal has permission: %s', async (id) => {
      const url = await presigned(application.url('Iam'), application.aws.credentialsOf(application.logicalIds[id]));
      await expectResults(url, expect.stringMatching(/^arn:aws:(iam::111122223333:user|sts::111122223333:assumed-role)\/EndToEnd-Welcome/));
    });

    it('accepts a signed header when the principal has permission', async () => {
      const headers = await signedHeaders(application.url('Iam'), application.aws.credentialsOf(application.logicalIds.Welcome));
      expect(await tryToConnect(application.url('Iam'), { headers })).toBe(101);
    });

    it('rejects a principal when it has no permission', async () => {
      expect(await tryToConnect(await presigned(application.url('Iam'), application.aws.credentialsOf(application.logicalIds.Stranger)))).toBe(403);
    });
  });
});
