import { hashCaller, readIdentity } from '../../../src/runtime/aws/events/caller-identity';
import type { CallerContext } from '../../../src/runtime/aws/events/caller-identity';
import type { CallerIdentity } from '../../../src/shared/function-environment';

const NAMES = ['tenant_id', 'cognito:groups', 'userArn', 'number'];
const ARN = 'arn:aws:sts::111122223333:assumed-role/Reader/session';

describe('readIdentity', () => {
  it('returns the principal, the claims that queries use and the expiry of the token from the authorizer of the construct', () => {
    const claims = '{"tenant_id":"acme","cognito:groups":["a","b"],"email":"ann@example.com","number":9007199254740993}';
    const context = { authorizer: { principalId: 'ann', claims, expiresAt: 1_800_000_000, integrationLatency: 5 } };
    expect(readIdentity(context, 'token', NAMES)).toEqual({
      caller: hashCaller('ann'),
      claims: { 'tenant_id': 'acme', 'cognito:groups': ['a', 'b'], 'number': '9007199254740993' },
      validUntil: 1_800_000_000_000,
    });
  });

  it('returns each property of the context as a claim from a custom Lambda authorizer', () => {
    const context = { authorizer: { principalId: 'ann', tenant_id: 'acme', number: '5', email: 'ann@example.com', integrationLatency: 5, expiresAt: '1800000000' } };
    expect(readIdentity(context, 'authorizer', [...NAMES, 'principalId', 'integrationLatency', 'expiresAt'])).toEqual({
      caller: hashCaller('ann'), claims: { tenant_id: 'acme', number: '5' }, validUntil: 1_800_000_000_000,
    });
  });

  it('returns the identity that signed the request from IAM', () => {
    const context = { identity: { accountId: '111122223333', caller: 'AROA:session', user: null, userArn: ARN, sourceIp: '192.0.2.1' } };
    expect(readIdentity(context, 'iam', ['accountId', 'caller', 'user', 'userArn', 'sourceIp'])).toEqual({
      caller: hashCaller(ARN), claims: { accountId: '111122223333', caller: 'AROA:session', userArn: ARN },
    });
  });

  it('returns different callers for the users of an identity pool, who share a role session', () => {
    const identities = ['us-east-1:1', 'us-east-1:2'].map((cognitoIdentityId) => readIdentity({ identity: { userArn: ARN, cognitoIdentityId } }, 'iam', NAMES));
    expect(identities.map(({ claims }) => claims)).toEqual([{ userArn: ARN }, { userArn: ARN }]);
    expect(identities[0].caller).not.toBe(identities[1].caller);
  });

  it('returns a different caller without claims for each connection when API Gateway does not identify the IAM identity', () => {
    const identities = ['c1=', 'c2='].map((connectionId) => readIdentity({ connectionId, identity: { sourceIp: '192.0.2.1', userArn: null } }, 'iam', NAMES));
    expect(identities.map(({ claims }) => claims)).toEqual([{}, {}]);
    expect(identities[0].caller).not.toBe(identities[1].caller);
  });

  it.each([1_800_000_000, '1800000000', 1.8e9])('returns the expiry when it is %j', (expiresAt) => {
    expect(readIdentity({ authorizer: { principalId: 'ann', expiresAt } }, 'token', []).validUntil).toBe(1_800_000_000_000);
  });

  it.each([undefined, null, ''])('returns no expiry when it is %j', (expiresAt) => {
    expect(readIdentity({ authorizer: { principalId: 'ann', expiresAt } }, 'token', [])).toEqual({ caller: hashCaller('ann'), claims: {} });
  });
});

test('hashCaller returns a hash of 43 characters', () => {
  expect(hashCaller('ann')).toMatch(/^[\w-]{43}$/);
  expect(hashCaller('ann')).not.toBe(hashCaller('Ann'));
});

describe('readIdentity with an invalid context', () => {
  it.each<[string, CallerContext, CallerIdentity]>([
    ['there is no authorizer context', {}, 'token'],
    ['the authorizer context has no principal', { authorizer: { claims: '{}' } }, 'token'],
    ['the principal is not a string', { authorizer: { principalId: { secret: 1 } } }, 'authorizer'],
    ['the claims are invalid JSON', { authorizer: { principalId: 'ann', claims: '{secret' } }, 'token'],
    ['the expiry is not a number', { authorizer: { principalId: 'ann', expiresAt: 'secret' } }, 'token'],
  ])('throws an error that repeats no value when %s', (_, context, kind) => {
    const read = () => readIdentity(context, kind, NAMES);
    expect(read).toThrow();
    expect(read).not.toThrow(/secret/);
  });
});
