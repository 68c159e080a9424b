import * as fc from 'fast-check';
import { authorize, CredentialRejectedError } from '../../../src/runtime/access/authorize';
import type { AuthorizationResult, AuthorizationRequest } from '../../../src/runtime/access/authorize';
import { verifyToken } from '../../../src/runtime/access/authorize-token';
import { createPolicy } from '../../../src/runtime/aws/events/authorizer-event';
import type { AuthorizerEvent } from '../../../src/runtime/aws/events/authorizer-event';
import type { Claims } from '../../../src/runtime/model/connection';

const NOW = 1_700_000_000;
const clock = { now: () => NOW * 1000 };
const ATTEMPT: AuthorizationRequest = { connectionId: 'c1=', subprotocols: ['redshift-query.v1', 'redshift-query.token.secret'], queryString: {} };

/** Who is let in with claims, by a verifier that takes every token. */
async function admitted(claims: Claims, claimNames: readonly string[] = []): Promise<AuthorizationResult> {
  return verifyToken({ tokens: { verify: async () => ({ sub: 'ada', exp: NOW + 60, ...claims }) }, clock, claimNames })('token');
}

test('verifyToken returns only the subject, the expiry and the claims that queries use', async () => {
  expect(await admitted({ tenant_id: 7, email: 'ada@example.com', groups: ['a', 'b'] }, ['groups', 'missing', 'tenant_id'])).toEqual({
    caller: 'ada', claims: '{"groups":["a","b"],"tenant_id":7}', expiresAt: NOW + 60,
  });
});

test('verifyToken omits a claim that the token has only through the object prototype', async () => {
  expect((await admitted({}, ['constructor', '__proto__', 'toString'])).claims).toBe('{}');
  const polluting = JSON.parse('{ "__proto__": { "tenant_id": 1 } }');
  expect((await admitted(polluting, ['tenant_id'])).claims).toBe('{}');
});

test('verifyToken returns the claims with their values unchanged', async () => {
  await fc.assert(fc.asyncProperty(fc.dictionary(fc.string({ maxLength: 9 }), fc.jsonValue({ maxDepth: 2 }).filter((value) => !/\d{16}|e\+/.test(JSON.stringify(value))), { maxKeys: 4 }), async (claims) => {
    const named = Object.fromEntries(Object.entries(claims).filter(([name]) => !['sub', 'exp', '__proto__'].includes(name)));
    expect(JSON.parse((await admitted(named, Object.keys(named))).claims)).toEqual(JSON.parse(JSON.stringify(named)));
  }));
});

test('verifyToken rejects a token when the claims exceed the limit of API Gateway', async () => {
  await expect(admitted({ groups: 'x'.repeat(5000) }, ['groups'])).rejects.toThrow(
    new CredentialRejectedError('the claims that queries use have 5013 bytes as JSON: provide at most 4096'),
  );
  expect((await admitted({ groups: 'x'.repeat(5000) }, [])).claims).toBe('{}');
});

test.each([2 ** 53, -(2 ** 60), [1, 2 ** 53], { id: 2 ** 53 }])('verifyToken rejects the claim %j, which JSON parsing can have rounded to the number of another tenant', async (tenant_id) => {
  await expect(admitted({ tenant_id }, ['tenant_id'])).rejects.toThrow('the claim "tenant_id" is a number beyond 9007199254740991: provide it as a string');
  expect((await admitted({ tenant_id: 2 ** 53 - 1, other: 2 ** 53 }, ['tenant_id'])).claims).toBe('{"tenant_id":9007199254740991}');
});

test('verifyToken accepts a token until its last second', async () => {
  expect((await admitted({ exp: NOW + 1.9 })).expiresAt).toBe(NOW + 1);
  await expect(admitted({ exp: NOW + 0.9 })).rejects.toThrow('token expired');
  await expect(admitted({ exp: Infinity })).rejects.toThrow('token without exp');
});

test('authorize throws and logs an error that is not a rejection, so that API Gateway responds with 500', async () => {
  const logged: unknown[] = [];
  const failing = authorize({ verify: async () => { throw new Error('no network'); }, log: (entry) => logged.push(entry) }, ATTEMPT);
  await expect(failing).rejects.toThrow('no network');
  expect(logged).toEqual([{ level: 'error', event: 'authorization_failed', reason: 'no network', connection_id: 'c1=' }]);
});

test('authorize verifies the token of the subprotocols or the query string unchanged', async () => {
  const taken: string[] = [];
  const verify = async (token: string) => {
    taken.push(token);
    return { caller: 'ada', claims: '{}' };
  };
  await authorize({ verify, log: () => undefined }, ATTEMPT);
  await authorize({ verify, log: () => undefined }, { ...ATTEMPT, subprotocols: [], queryString: { token: ['a token, with "all"'], n: ['1'] } });
  expect(taken).toEqual(['secret', 'a token, with "all"']);
});

describe('createPolicy', () => {
  const methodArn = 'arn:aws:execute-api:us-east-1:111122223333:abcdef1234/prod/$connect';
  const event = { methodArn, requestContext: {} } as AuthorizerEvent;

  it('allows only the requested method ARN when the credentials are accepted', () => {
    expect(createPolicy(event, { caller: 'ada', claims: '{"tenant_id":7}', expiresAt: NOW })).toEqual({
      principalId: 'ada',
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }] },
      context: { claims: '{"tenant_id":7}', expiresAt: NOW },
    });
  });

  it('denies the method ARN for an unknown principal when the credentials are rejected', () => {
    expect(createPolicy(event, undefined)).toEqual({
      principalId: 'unknown',
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: methodArn }] },
    });
  });
});
