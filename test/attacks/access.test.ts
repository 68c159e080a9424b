import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SqlEngine } from '../../local/redshift/engine/sql-engine';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../src/protocol/messages';
import { AUDIENCE, ORIGIN, startAccessApplication, subprotocolsWith, tryToConnect } from '../support/access-application';
import type { AccessApplication, Bringing } from '../support/access-application';
import { emptyDatabase } from '../support/empty-database';
import { eventually } from '../support/eventually';
import { presigned } from '../support/signed-request';
import { TestIssuer } from '../support/test-issuer';
import type { TokenClaims } from '../support/test-issuer';

const LET_IN = 101;
const REFUSED = 403;

let issuer: TestIssuer;
let otherIssuer: TestIssuer;
let engine: SqlEngine;
let application: AccessApplication;
/** Everything secret that was brought. */
const secrets: string[] = [];

beforeAll(async () => {
  [issuer, otherIssuer] = await Promise.all([TestIssuer.start(), TestIssuer.start()]);
  engine = await emptyDatabase();
  application = await startAccessApplication(issuer, engine);
}, 120_000);

afterAll(async () => {
  await application?.close();
  await engine?.close();
  await Promise.all([issuer?.close(), otherIssuer?.close()]);
});

async function bring(id: string, bringing: Bringing, queryString = ''): Promise<number> {
  return tryToConnect(`${application.url(id)}${queryString}`, bringing);
}

async function bringToken(token: string, id = 'Issuer'): Promise<number> {
  secrets.push(token);
  return bring(id, { token });
}

const now = () => Math.floor(Date.now() / 1000);
const encoded = (part: unknown) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const claims = () => ({ iss: issuer.url, sub: 'someone', aud: AUDIENCE, exp: now() + 3600 });

/** A token put together by hand. */
function forged(header: object, payload: object, signature: (input: string) => string): string {
  const input = `${encoded(header)}.${encoded(payload)}`;
  return `${input}.${signature(input)}`;
}

describe('a token lets in', () => {
  test('when it is what it should be; nothing below is refused for another reason', async () => {
    expect(await bringToken(await issuer.token({ aud: AUDIENCE }))).toBe(LET_IN);
    expect(await bringToken(await issuer.token({ token_use: 'access', client_id: application.userPoolClientId }), 'Cognito')).toBe(LET_IN);
  });

  test('a moment before it is valid, since clocks differ', async () => {
    expect(await bringToken(await issuer.token({ aud: AUDIENCE, nbf: now() + 2 }))).toBe(LET_IN);
  });
});

describe('a token is refused', () => {
  test.each<[string, string, () => TokenClaims]>([
    ['that has expired', 'token expired', () => ({ exp: now() - 1 })],
    ['that expired long ago', 'token expired', () => ({ exp: now() - 3600 })],
    ['that is not valid yet', 'token not valid yet', () => ({ nbf: now() + 60 })],
    ['that never expires', 'token without exp', () => ({ exp: undefined })],
    ['whose expiry is no number', 'token malformed', () => ({ exp: 'never' })],
    ['for another audience', 'token for another audience', () => ({ aud: 'somebody-else' })],
    ['for no audience', 'token for another audience', () => ({ aud: undefined })],
    ['that says another issuer', 'token of another issuer', () => ({ iss: otherIssuer.url })],
    ['that says an issuer which begins like the right one', 'token of another issuer', () => ({ iss: `${issuer.url}/` })],
    ['that names nobody', 'token without sub', () => ({ sub: undefined })],
    ['that names nobody, in an empty text', 'token without sub', () => ({ sub: '' })],
  ])('%s, and the log says: %s', async (_, reason, change) => {
    const before = application.logged.length;
    expect(await bringToken(await issuer.token({ aud: AUDIENCE, ...change() }))).toBe(REFUSED);
    await eventually(() => expect(application.logged.slice(before).join()).toContain(`{"notice":"connection refused","reason":"${reason}","connectionId":"`));
  });

  test.each<[string, string, () => TokenClaims]>([
    ['an ID token where access tokens are taken', 'Cognito', () => ({ token_use: 'id', aud: application.userPoolClientId, client_id: application.userPoolClientId })],
    ['an access token where ID tokens are taken', 'CognitoId', () => ({ token_use: 'access', aud: application.userPoolClientId })],
    ['a token of no use', 'Cognito', () => ({ client_id: application.userPoolClientId })],
    ['an access token of another app client', 'Cognito', () => ({ token_use: 'access', client_id: 'somebody-else' })],
    ['an access token that has the app client in aud alone', 'Cognito', () => ({ token_use: 'access', aud: application.userPoolClientId })],
  ])('of a user pool: %s', async (_, id, made) => {
    expect(await bringToken(await issuer.token(made()), id)).toBe(REFUSED);
  });

  test('that another issuer has signed, with a key of the same id', async () => {
    expect(await bringToken(await otherIssuer.token({ ...claims() }))).toBe(REFUSED);
  });

  test('that is not signed', async () => {
    const [header, payload] = (await issuer.token({ aud: AUDIENCE })).split('.');
    expect(await bringToken(`${header}.${payload}.`)).toBe(REFUSED);
    expect(await bringToken(`${header}.${payload}`)).toBe(REFUSED);
  });

  test.each(['none', 'None', 'NONE', ''])('whose algorithm is %j', async (alg) => {
    expect(await bringToken(forged({ alg, kid: 'rsa' }, claims(), () => ''))).toBe(REFUSED);
    expect(await bringToken(forged({ alg, kid: 'rsa' }, claims(), () => encoded('signature')))).toBe(REFUSED);
  });

  test('that is signed by HS256 with the public key of the issuer for the secret', async () => {
    const key = createPublicKey({ key: issuer.publicKey('rsa') as never, format: 'jwk' });
    for (const secret of [key.export({ type: 'spki', format: 'pem' }), key.export({ type: 'spki', format: 'der' }), String(issuer.publicKey('rsa').n)]) {
      const token = forged({ alg: 'HS256', kid: 'rsa' }, claims(), (input) => createHmac('sha256', secret).update(input).digest('base64url'));
      expect(await bringToken(token)).toBe(REFUSED);
    }
  });

  test('that is signed by an algorithm which is not the one of the key', async () => {
    const [, payload, signature] = (await issuer.token({ aud: AUDIENCE })).split('.');
    expect(await bringToken(`${encoded({ alg: 'ES256', kid: 'rsa' })}.${payload}.${signature}`)).toBe(REFUSED);
  });

  test('that brings a key of its own', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' };
    const signature = (input: string) => sign('sha256', Buffer.from(input), privateKey).toString('base64url');
    for (const header of [{ jwk }, { jku: `${otherIssuer.url}/.well-known/jwks.json` }, { x5u: otherIssuer.url }]) {
      expect(await bringToken(forged({ alg: 'RS256', kid: 'rsa', ...header }, claims(), signature))).toBe(REFUSED);
    }
  });

  test('that was changed after it was signed', async () => {
    const [header, , signature] = (await issuer.token({ aud: AUDIENCE })).split('.');
    expect(await bringToken(`${header}.${encoded({ ...claims(), sub: 'somebody-else' })}.${signature}`)).toBe(REFUSED);
  });

  test('that is no token at all', async () => {
    for (const nonsense of ['a', 'a.b.c', '..', encoded('{}'), `${encoded('{')}.${encoded('{')}.x`, `${encoded('null')}.${encoded('null')}.x`, '__proto__']) {
      expect(await bringToken(nonsense)).toBe(REFUSED);
    }
  });

  test('that is signed with a key which the issuer does not have; others are let in meanwhile', async () => {
    for (const kid of ['unknown', '__proto__', '../rsa']) {
      expect(await bringToken(forged({ alg: 'RS256', kid }, claims(), () => encoded('signature')))).toBe(REFUSED);
    }
    expect(await bringToken(forged({ alg: 'RS256' }, claims(), () => encoded('signature')))).toBe(REFUSED);
    expect(await bringToken(await issuer.token({ aud: AUDIENCE }))).toBe(LET_IN);
  });
});

describe('the place of a token', () => {
  let token: string;

  beforeEach(async () => {
    token = await issuer.token({ aud: AUDIENCE });
    secrets.push(token);
  });

  test('is not the header Authorization, nor a cookie: a client that brings one there brings none', async () => {
    expect(await bring('Issuer', { headers: { authorization: `Bearer ${token}` } })).toBe(REFUSED);
    expect(await bring('Issuer', { headers: { cookie: `token=${token}` } })).toBe(REFUSED);
  });

  test('is one: who brings two, though they are the same, is refused', async () => {
    const other = await issuer.token({ aud: AUDIENCE, nonce: 'other' });
    expect(await bring('Issuer', { token }, `?token=${token}`)).toBe(REFUSED);
    expect(await bring('Issuer', {}, `?token=${token}&token=${token}`)).toBe(REFUSED);
    expect(await bring('Issuer', { subprotocols: [...subprotocolsWith(token), `${TOKEN_SUBPROTOCOL_PREFIX}${other}`] })).toBe(REFUSED);
  });

  test('is beside the subprotocol that the service speaks', async () => {
    expect(await bring('Issuer', { subprotocols: [`${TOKEN_SUBPROTOCOL_PREFIX}${token}`] })).toBe(REFUSED);
    expect(await bring('Issuer', { subprotocols: ['graphql-ws'] }, `?token=${token}`)).toBe(REFUSED);
  });

  test('is never empty', async () => {
    expect(await bring('Issuer', {})).toBe(REFUSED);
    expect(await bring('Issuer', {}, '?token=')).toBe(REFUSED);
    expect(await bring('Issuer', { subprotocols: [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX] })).toBe(REFUSED);
    expect(await bring('Issuer', {}, `?Token=${token}`)).toBe(REFUSED);
  });
});

test('a page from elsewhere is refused, whatever it brings', async () => {
  const token = await issuer.token({ aud: AUDIENCE });
  for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'http://app.example.com', `${ORIGIN}:8443`, 'null', '']) {
    expect(await bring('Issuer', { token, headers: { origin } })).toBe(REFUSED);
  }
  expect(await bring('Issuer', { token, headers: { origin: ORIGIN } })).toBe(LET_IN);
});

test('an issuer that cannot be reached lets nobody in: the answer is 500, and the log says so', async () => {
  const token = await otherIssuer.token({ aud: AUDIENCE });
  expect(await bringToken(token, 'Unreachable')).toBe(500);
  expect(application.logged).toContainEqual(expect.stringMatching(/"notice":"authorization failed","error":"the keys of the issuer could not be had: .*ECONNREFUSED/));
});

describe('a ticket', () => {
  async function newTicket(payload: unknown = { caller: 'ada' }): Promise<string> {
    const ticket = await application.issueTicket(payload);
    secrets.push(ticket);
    return ticket;
  }

  async function storedTickets() {
    return (await application.items('Ticket')).filter(({ sortKey }) => sortKey === 'ticket');
  }

  test('lets in once: a replay is refused', async () => {
    const ticket = await newTicket();
    expect(await bring('Ticket', { token: ticket })).toBe(LET_IN);
    expect(await bring('Ticket', { token: ticket })).toBe(REFUSED);
    expect(await bring('Ticket', {}, `?token=${ticket}`)).toBe(REFUSED);
  });

  test('that two connections race for lets one of them in', async () => {
    const ticket = await newTicket();
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => bring('Ticket', { token: ticket })));
    expect(statuses.sort()).toEqual([LET_IN, ...Array(7).fill(REFUSED)]);
  });

  test('that is guessed is refused', async () => {
    const ticket = await newTicket();
    const guesses = ['a', 'A'.repeat(43), ticket.slice(0, -1), ticket.toLowerCase(), `${ticket}A`, '#', '*', 'ticket'];
    for (const guess of guesses) {
      expect(await bring('Ticket', {}, `?token=${encodeURIComponent(guess)}`)).toBe(REFUSED);
    }
    expect(await bring('Ticket', { token: ticket })).toBe(LET_IN);
  });

  test('is nothing that the table tells: who reads it can redeem nothing', async () => {
    const ticket = await newTicket();
    const stored = await storedTickets();
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(ticket);
    expect(await bring('Ticket', { token: stored[0].partitionKey.replace('ticket#', '') })).toBe(REFUSED);
    expect(await bring('Ticket', { token: ticket })).toBe(LET_IN);
    expect(await storedTickets()).toEqual([]);
  });

  test('that has expired is refused, though the table has not forgotten it', async () => {
    const ticket = await newTicket();
    const [{ partitionKey, sortKey }] = await storedTickets();
    const client = new DynamoDBClient({ endpoint: application.aws.endpoints.dynamodb, region: 'us-east-1', credentials: application.aws.credentials });
    await DynamoDBDocumentClient.from(client).send(new UpdateCommand({
      TableName: application.tableName('Ticket'),
      Key: { partitionKey, sortKey },
      UpdateExpression: 'SET expiresAt = :past',
      ExpressionAttributeValues: { ':past': now() - 1 },
    }));
    client.destroy();
    expect(await bring('Ticket', { token: ticket })).toBe(REFUSED);
  });

  test('is not used up by a page from elsewhere, nor by one that speaks something else', async () => {
    const ticket = await newTicket();
    expect(await bring('Ticket', { token: ticket, headers: { origin: 'https://evil.example' } })).toBe(REFUSED);
    expect(await bring('Ticket', { subprotocols: ['graphql-ws'] }, `?token=${ticket}`)).toBe(REFUSED);
    expect(await bring('Ticket', { token: ticket, headers: { origin: ORIGIN } })).toBe(LET_IN);
  });

  test('that is a token of an issuer is refused, and a token that is a ticket too', async () => {
    expect(await bringToken(await issuer.token({ aud: AUDIENCE }), 'Ticket')).toBe(REFUSED);
    expect(await bringToken(await newTicket())).toBe(REFUSED);
  });

  test.each<[string, unknown, string]>([
    ['a list', [], 'the payload is no JSON object'],
    ['a text', 'ada', 'the payload is no JSON object'],
    ['an unknown field', { caller: 'ada', claim: {} }, 'the payload has the unknown field "claim": give caller and claims alone'],
    ['an empty caller', { caller: '' }, 'caller is no text of 1 to 256 characters'],
    ['a caller that is no text', { caller: { toString: 'ada' } }, 'caller is no text of 1 to 256 characters'],
    ['a caller that is very long', { caller: 'a'.repeat(257) }, 'caller is no text of 1 to 256 characters'],
    ['claims that are a list', { claims: ['admin'] }, 'claims is no JSON object'],
  ])('is not issued for %s', async (_, payload, problem) => {
    await expect(application.issueTicket(payload)).rejects.toThrow(problem);
  });
});

describe('a signed request', () => {
  const url = () => application.url('Iam');
  const credentials = () => application.aws.credentialsOf(application.logicalIds.Welcome);
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);

  test('lets in; nothing below is refused for another reason', async () => {
    expect(await tryToConnect(await presigned(url(), credentials(), { query: { n: '7' } }))).toBe(LET_IN);
  });

  test.each<[string, () => Promise<string>]>([
    ['without a signature', async () => url()],
    ['to which something was added', async () => `${await presigned(url(), credentials())}&n=7`],
    ['in which something was changed', async () => (await presigned(url(), credentials(), { query: { n: '7' } })).replace('n=7', 'n=8')],
    ['from which something was taken', async () => (await presigned(url(), credentials(), { query: { n: '7' } })).replace('n=7&', '')],
    ['for another construct', async () => (await presigned(application.url('Own'), credentials())).replace(application.url('Own'), url())],
    ['that has expired', async () => presigned(url(), credentials(), { signingDate: minutes(-2) })],
    ['whose expiry was put off', async () => (await presigned(url(), credentials(), { signingDate: minutes(-2) })).replace('Expires=60', 'Expires=600')],
    ['of the future', async () => presigned(url(), credentials(), { signingDate: minutes(10) })],
    ['with another key', async () => presigned(url(), { ...credentials(), secretAccessKey: 'guessed' })],
    ['of nobody who is known', async () => presigned(url(), { ...credentials(), accessKeyId: 'AKIAGUESSED' })],
    ['for another Region', async () => presigned(url(), credentials(), { region: 'eu-west-1' })],
    ['with two signatures', async () => `${await presigned(url(), credentials())}&X-Amz-Signature=0`],
    ['of a role, without its security token', async () => {
      const { sessionToken: _, ...rest } = application.aws.credentialsOf(application.logicalIds.WelcomeRole);
      return presigned(url(), rest);
    }],
    ['of a principal that may not connect', async () => presigned(url(), application.aws.credentialsOf(application.logicalIds.Stranger))],
  ])('is refused %s', async (_, address) => {
    expect(await tryToConnect(await address())).toBe(REFUSED);
  });
});

test('no token and no ticket stands in any line of any log', () => {
  const lines = application.logged.join('\n');
  expect(application.logged.length).toBeGreaterThan(50);
  expect(secrets.filter((secret) => secret.length > 20 && lines.includes(secret))).toEqual([]);
});
