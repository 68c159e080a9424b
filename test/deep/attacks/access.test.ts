import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { AttackedAccess, encoded, forged, now } from './attacked-access';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../../src/protocol/connect-request';
import { eventually } from '../../support/eventually';
import { AUDIENCE, ORIGIN, subprotocolsWith, tryToConnect } from '../../support/local/access-application';
import type { AccessApplication } from '../../support/local/access-application';
import { presigned } from '../../support/local/signed-request';
import type { TestIssuer, TokenClaims } from '../../support/local/test-issuer';

const ACCEPTED = 101;
const REJECTED = 403;

let attacked: AttackedAccess;
let issuer: TestIssuer;
let otherIssuer: TestIssuer;
let application: AccessApplication;

beforeAll(async () => {
  attacked = await AttackedAccess.start();
  ({ issuer, otherIssuer, application } = attacked);
});

afterAll(async () => attacked?.close());

const claims = () => ({ iss: issuer.url, sub: 'someone', aud: AUDIENCE, exp: now() + 3600 });

describe('a valid token', () => {
  it('opens a connection', async () => {
    expect(await attacked.connectWithToken(await issuer.token({ aud: AUDIENCE }))).toBe(ACCEPTED);
    expect(await attacked.connectWithToken(await issuer.token({ token_use: 'access', client_id: application.userPoolClientId }), 'Cognito')).toBe(ACCEPTED);
  });

  it('opens a connection two seconds before it becomes valid, because clocks differ', async () => {
    expect(await attacked.connectWithToken(await issuer.token({ aud: AUDIENCE, nbf: now() + 2 }))).toBe(ACCEPTED);
  });
});

describe('an invalid token', () => {
  it.each<[string, string, () => TokenClaims]>([
    ['it has expired', 'token expired', () => ({ exp: now() - 1 })],
    ['it expired an hour ago', 'token expired', () => ({ exp: now() - 3600 })],
    ['it isn\'t valid yet', 'token not valid yet', () => ({ nbf: now() + 60 })],
    ['it has no expiry', 'token without exp', () => ({ exp: undefined })],
    ['its expiry isn\'t a number', 'token malformed', () => ({ exp: 'never' })],
    ['it is for another audience', 'token for another audience', () => ({ aud: 'other' })],
    ['it has no audience', 'token for another audience', () => ({ aud: undefined })],
    ['it names another issuer', 'token from another issuer', () => ({ iss: otherIssuer.url })],
    ['it names an issuer that begins like the right one', 'token from another issuer', () => ({ iss: `${issuer.url}/` })],
    ['it has no subject', 'token without sub', () => ({ sub: undefined })],
    ['its subject is empty', 'token without sub', () => ({ sub: '' })],
  ])('is rejected when %s, with the reason "%s" in the log', async (_, reason, change) => {
    const before = application.logged.length;
    expect(await attacked.connectWithToken(await issuer.token({ aud: AUDIENCE, ...change() }))).toBe(REJECTED);
    await eventually(() => expect(application.logged.slice(before).join()).toContain(`{"level":"info","event":"connection_rejected","reason":"${reason}","connection_id":"`));
  });

  it.each<[string, string, () => TokenClaims]>([
    ['it is an ID token and access tokens are required', 'Cognito', () => ({ token_use: 'id', aud: application.userPoolClientId, client_id: application.userPoolClientId })],
    ['it is an access token and ID tokens are required', 'CognitoId', () => ({ token_use: 'access', aud: application.userPoolClientId })],
    ['it has no token_use', 'Cognito', () => ({ client_id: application.userPoolClientId })],
    ['it is for another app client', 'Cognito', () => ({ token_use: 'access', client_id: 'other' })],
    ['it is an access token with the app client only in aud', 'Cognito', () => ({ token_use: 'access', aud: application.userPoolClientId })],
  ])('of a user pool is rejected when %s', async (_, id, made) => {
    expect(await attacked.connectWithToken(await issuer.token(made()), id)).toBe(REJECTED);
  });

  it('is rejected when another issuer signed it with a key of the same id', async () => {
    expect(await attacked.connectWithToken(await otherIssuer.token({ ...claims() }))).toBe(REJECTED);
  });

  it('is rejected when it has no signature', async () => {
    const [header, payload] = (await issuer.token({ aud: AUDIENCE })).split('.');
    expect(await attacked.connectWithToken(`${header}.${payload}.`)).toBe(REJECTED);
    expect(await attacked.connectWithToken(`${header}.${payload}`)).toBe(REJECTED);
  });

  it.each(['none', 'None', 'NONE', ''])('is rejected when its algorithm is %j', async (alg) => {
    expect(await attacked.connectWithToken(forged({ alg, kid: 'rsa' }, claims(), () => ''))).toBe(REJECTED);
    expect(await attacked.connectWithToken(forged({ alg, kid: 'rsa' }, claims(), () => encoded('signature')))).toBe(REJECTED);
  });

  it('is rejected when it is signed by HS256 with the public key of the issuer as the secret', async () => {
    const key = createPublicKey({ key: issuer.publicKey('rsa') as never, format: 'jwk' });
    for (const secret of [key.export({ type: 'spki', format: 'pem' }), key.export({ type: 'spki', format: 'der' }), String(issuer.publicKey('rsa').n)]) {
      const token = forged({ alg: 'HS256', kid: 'rsa' }, claims(), (input) => createHmac('sha256', secret).update(input).digest('base64url'));
      expect(await attacked.connectWithToken(token)).toBe(REJECTED);
    }
  });

  it('is rejected when its algorithm isn\'t the one of the key', async () => {
    const [, payload, signature] = (await issuer.token({ aud: AUDIENCE })).split('.');
    expect(await attacked.connectWithToken(`${encoded({ alg: 'ES256', kid: 'rsa' })}.${payload}.${signature}`)).toBe(REJECTED);
  });

  it('is rejected when its header contains or references its own key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'rsa', alg: 'RS256', use: 'sig' };
    const signature = (input: string) => sign('sha256', Buffer.from(input), privateKey).toString('base64url');
    for (const header of [{ jwk }, { jku: `${otherIssuer.url}/.well-known/jwks.json` }, { x5u: otherIssuer.url }]) {
      expect(await attacked.connectWithToken(forged({ alg: 'RS256', kid: 'rsa', ...header }, claims(), signature))).toBe(REJECTED);
    }
  });

  it('is rejected when it was changed after it was signed', async () => {
    const [header, , signature] = (await issuer.token({ aud: AUDIENCE })).split('.');
    expect(await attacked.connectWithToken(`${header}.${encoded({ ...claims(), sub: 'other' })}.${signature}`)).toBe(REJECTED);
  });

  it('is rejected when it isn\'t a JSON Web Token', async () => {
    for (const token of ['a', 'a.b.c', '..', encoded('{}'), `${encoded('{')}.${encoded('{')}.x`, `${encoded('null')}.${encoded('null')}.x`, '__proto__']) {
      expect(await attacked.connectWithToken(token)).toBe(REJECTED);
    }
  });

  it('is rejected when the issuer doesn\'t have its key, while valid tokens still open connections', async () => {
    for (const kid of ['unknown', '__proto__', '../rsa']) {
      expect(await attacked.connectWithToken(forged({ alg: 'RS256', kid }, claims(), () => encoded('signature')))).toBe(REJECTED);
    }
    expect(await attacked.connectWithToken(forged({ alg: 'RS256' }, claims(), () => encoded('signature')))).toBe(REJECTED);
    expect(await attacked.connectWithToken(await issuer.token({ aud: AUDIENCE }))).toBe(ACCEPTED);
  });
});

describe('a valid token in a wrong place', () => {
  let token: string;

  beforeEach(async () => {
    token = await issuer.token({ aud: AUDIENCE });
    attacked.secrets.push(token);
  });

  it('is ignored in the header Authorization and in a cookie, so the connection is rejected', async () => {
    expect(await attacked.connect('Issuer', { headers: { authorization: `Bearer ${token}` } })).toBe(REJECTED);
    expect(await attacked.connect('Issuer', { headers: { cookie: `token=${token}` } })).toBe(REJECTED);
  });

  it('is rejected when the client sends two tokens, even identical ones', async () => {
    const other = await issuer.token({ aud: AUDIENCE, nonce: 'other' });
    expect(await attacked.connect('Issuer', { token }, `?token=${token}`)).toBe(REJECTED);
    expect(await attacked.connect('Issuer', {}, `?token=${token}&token=${token}`)).toBe(REJECTED);
    expect(await attacked.connect('Issuer', { subprotocols: [...subprotocolsWith(token), `${TOKEN_SUBPROTOCOL_PREFIX}${other}`] })).toBe(REJECTED);
  });

  it('is rejected when the client offers subprotocols without the one of the service', async () => {
    expect(await attacked.connect('Issuer', { subprotocols: [`${TOKEN_SUBPROTOCOL_PREFIX}${token}`] })).toBe(REJECTED);
    expect(await attacked.connect('Issuer', { subprotocols: ['graphql-ws'] }, `?token=${token}`)).toBe(REJECTED);
  });

  it('is rejected when the token is empty or its key is misspelled', async () => {
    expect(await attacked.connect('Issuer', {})).toBe(REJECTED);
    expect(await attacked.connect('Issuer', {}, '?token=')).toBe(REJECTED);
    expect(await attacked.connect('Issuer', { subprotocols: [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX] })).toBe(REJECTED);
    expect(await attacked.connect('Issuer', {}, `?Token=${token}`)).toBe(REJECTED);
  });
});

it('rejects pages of other origins, even with a valid token', async () => {
  const token = await issuer.token({ aud: AUDIENCE });
  for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'http://app.example.com', `${ORIGIN}:8443`, 'null', '']) {
    expect(await attacked.connect('Issuer', { token, headers: { origin } })).toBe(REJECTED);
  }
  expect(await attacked.connect('Issuer', { token, headers: { origin: ORIGIN } })).toBe(ACCEPTED);
});

it('rejects connections with status 500 and a log entry when the issuer can\'t be reached', async () => {
  const token = await otherIssuer.token({ aud: AUDIENCE });
  expect(await attacked.connectWithToken(token, 'Unreachable')).toBe(500);
  expect(application.logged).toContainEqual(expect.stringMatching(/"event":"authorization_failed","reason":"failed to fetch the issuer\'s signing keys: .*ECONNREFUSED/));
});

describe('a ticket', () => {
  async function newTicket(payload: unknown = { caller: 'ada' }): Promise<string> {
    const ticket = await application.issueTicket(payload);
    attacked.secrets.push(ticket);
    return ticket;
  }

  async function storedTickets() {
    return (await application.items('Ticket')).filter(({ sortKey }) => sortKey === 'ticket');
  }

  it('opens one connection, and is rejected when it is used again', async () => {
    const ticket = await newTicket();
    expect(await attacked.connect('Ticket', { token: ticket })).toBe(ACCEPTED);
    expect(await attacked.connect('Ticket', { token: ticket })).toBe(REJECTED);
    expect(await attacked.connect('Ticket', {}, `?token=${ticket}`)).toBe(REJECTED);
  });

  it('opens one connection when eight clients use it at the same time', async () => {
    const ticket = await newTicket();
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => attacked.connect('Ticket', { token: ticket })));
    expect(statuses.sort()).toEqual([ACCEPTED, ...Array(7).fill(REJECTED)]);
  });

  it('is rejected when it is guessed', async () => {
    const ticket = await newTicket();
    const guesses = ['a', 'A'.repeat(43), ticket.slice(0, -1), ticket.toLowerCase(), `${ticket}A`, '#', '*', 'ticket'];
    for (const guess of guesses) {
      expect(await attacked.connect('Ticket', {}, `?token=${encodeURIComponent(guess)}`)).toBe(REJECTED);
    }
    expect(await attacked.connect('Ticket', { token: ticket })).toBe(ACCEPTED);
  });

  it('can\'t be redeemed with the contents of the table', async () => {
    const ticket = await newTicket();
    const stored = await storedTickets();
    expect(stored).toHaveLength(1);
    expect(JSON.stringify(stored)).not.toContain(ticket);
    expect(await attacked.connect('Ticket', { token: stored[0].partitionKey.replace('ticket#', '') })).toBe(REJECTED);
    expect(await attacked.connect('Ticket', { token: ticket })).toBe(ACCEPTED);
    expect(await storedTickets()).toEqual([]);
  });

  it('is rejected when it has expired and the table still contains it', async () => {
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
    expect(await attacked.connect('Ticket', { token: ticket })).toBe(REJECTED);
  });

  it('stays valid when a page of another origin or with another subprotocol uses it', async () => {
    const ticket = await newTicket();
    expect(await attacked.connect('Ticket', { token: ticket, headers: { origin: 'https://evil.example' } })).toBe(REJECTED);
    expect(await attacked.connect('Ticket', { subprotocols: ['graphql-ws'] }, `?token=${ticket}`)).toBe(REJECTED);
    expect(await attacked.connect('Ticket', { token: ticket, headers: { origin: ORIGIN } })).toBe(ACCEPTED);
  });

  it('is rejected when it is a token of an issuer, and a token is rejected when it is a ticket', async () => {
    expect(await attacked.connectWithToken(await issuer.token({ aud: AUDIENCE }), 'Ticket')).toBe(REJECTED);
    expect(await attacked.connectWithToken(await newTicket())).toBe(REJECTED);
  });

  it.each<[string, unknown, string]>([
    ['the payload is a list', [], 'the payload must be a JSON object'],
    ['the payload is a string', 'ada', 'the payload must be a JSON object'],
    ['the payload has an unknown field', { caller: 'ada', claim: {} }, 'the payload has the unknown field "claim": provide only "caller" and "claims"'],
    ['the caller is empty', { caller: '' }, '"caller" must be a string of 1 to 256 characters'],
    ['the caller isn\'t a string', { caller: { toString: 'ada' } }, '"caller" must be a string of 1 to 256 characters'],
    ['the caller has 257 characters', { caller: 'a'.repeat(257) }, '"caller" must be a string of 1 to 256 characters'],
    ['the claims are a list', { claims: ['admin'] }, '"claims" must be a JSON object'],
  ])('isn\'t issued when %s', async (_, payload, problem) => {
    await expect(application.issueTicket(payload)).rejects.toThrow(problem);
  });
});

describe('a signed request', () => {
  const url = () => application.url('Iam');
  const credentials = () => application.aws.credentialsOf(application.logicalIds.Welcome);
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);

  it('opens a connection', async () => {
    expect(await tryToConnect(await presigned(url(), credentials(), { query: { n: '7' } }))).toBe(ACCEPTED);
  });

  it.each<[string, () => Promise<string>]>([
    ['it has no signature', async () => url()],
    ['a parameter was added', async () => `${await presigned(url(), credentials())}&n=7`],
    ['a parameter was changed', async () => (await presigned(url(), credentials(), { query: { n: '7' } })).replace('n=7', 'n=8')],
    ['a parameter was removed', async () => (await presigned(url(), credentials(), { query: { n: '7' } })).replace('n=7&', '')],
    ['it is for another construct', async () => (await presigned(application.url('Own'), credentials())).replace(application.url('Own'), url())],
    ['it has expired', async () => presigned(url(), credentials(), { signingDate: minutes(-2) })],
    ['its expiry was extended', async () => (await presigned(url(), credentials(), { signingDate: minutes(-2) })).replace('Expires=60', 'Expires=600')],
    ['it is from the future', async () => presigned(url(), credentials(), { signingDate: minutes(10) })],
    ['it is signed with another key', async () => presigned(url(), { ...credentials(), secretAccessKey: 'guessed' })],
    ['its access key is unknown', async () => presigned(url(), { ...credentials(), accessKeyId: 'AKIAGUESSED' })],
    ['it is for another Region', async () => presigned(url(), credentials(), { region: 'eu-west-1' })],
    ['it has two signatures', async () => `${await presigned(url(), credentials())}&X-Amz-Signature=0`],
    ['it is from a role and lacks the security token', async () => {
      const { sessionToken: _, ...rest } = application.aws.credentialsOf(application.logicalIds.WelcomeRole);
      return presigned(url(), rest);
    }],
    ['its principal has no permission to connect', async () => presigned(url(), application.aws.credentialsOf(application.logicalIds.Stranger))],
  ])('is rejected when %s', async (_, address) => {
    expect(await tryToConnect(await address())).toBe(REJECTED);
  });
});

it('writes no token and no ticket to a log', () => {
  const lines = application.logged.join('\n');
  expect(application.logged.length).toBeGreaterThan(50);
  expect(attacked.secrets.filter((secret) => secret.length > 20 && lines.includes(secret))).toEqual([]);
});
