import { hashCaller, readIdentity } from '../../../src/runtime/aws/events/caller-identity';
import type { CallerContext } from '../../../src/runtime/aws/events/caller-identity';
import type { CallerIdentity } from '../../../src/shared/function-environment';

const NAMES = ['tenant_id', 'cognito:groups', 'userArn', 'number'];
const ARN = 'arn:aws:sts::111122223333:assumed-role/Reader/session';

describe('who connects is told by', () => {
  test('our authorizer: its principal, the claims that queries use, and when the token expires', () => {
    const claims = '{"tenant_id":"acme","cognito:groups":["a","b"],"email":"ann@example.com","number":9007199254740993}';
    const context = { authorizer: { principalId: 'ann', claims, expiresAt: 1_800_000_000, integrationLatency: 5 } };
    expect(readIdentity(context, 'token', NAMES)).toEqual({
      caller: hashCaller('ann'),
      claims: { 'tenant_id': 'acme', 'cognito:groups': ['a', 'b'], 'number': '9007199254740993' },
      validUntil: 1_800_000_000_000,
    });
  });

  test('a Lambda authorizer of the user: each property of its context is a claim by its name', () => {
    const context = { authorizer: { principalId: 'ann', tenant_id: 'acme', number: '5', email: 'ann@example.com', integrationLatency: 5, expiresAt: '1800000000' } };
    expect(readIdentity(context, 'authorizer', [...NAMES, 'principalId', 'integrationLatency', 'expiresAt'])).toEqual({
      caller: hashCaller('ann'), claims: { tenant_id: 'acme', number: '5' }, validUntil: 1_800_000_000_000,
    });
  });

  test('IAM: the identity that signed', () => {
    const context = { identity: { accountId: '111122223333', caller: 'AROA:session', user: null, userArn: ARN, sourceIp: '192.0.2.1' } };
    expect(readIdentity(context, 'iam', ['accountId', 'caller', 'user', 'userArn', 'sourceIp'])).toEqual({
      caller: hashCaller(ARN), claims: { accountId: '111122223333', caller: 'AROA:session', userArn: ARN },
    });
  });

  test('an identity pool, whose users all have the same role session', () => {
    const identities = ['us-east-1:1', 'us-east-1:2'].map((cognitoIdentityId) => readIdentity({ identity: { userArn: ARN, cognitoIdentityId } }, 'iam', NAMES));
    expect(identities.map(({ claims }) => claims)).toEqual([{ userArn: ARN }, { userArn: ARN }]);
    expect(identities[0].caller).not.toBe(identities[1].caller);
  });

  test('IAM, though API Gateway does not say who signed: each connection is then a caller of its own, without claims', () => {
    const identities = ['c1=', 'c2='].map((connectionId) => readIdentity({ connectionId, identity: { sourceIp: '192.0.2.1', userArn: null } }, 'iam', NAMES));
    expect(identities.map(({ claims }) => claims)).toEqual([{}, {}]);
    expect(identities[0].caller).not.toBe(identities[1].caller);
  });

  test.each([1_800_000_000, '1800000000', 1.8e9])('an expiry that is %j', (expiresAt) => {
    expect(readIdentity({ authorizer: { principalId: 'ann', expiresAt } }, 'token', []).validUntil).toBe(1_800_000_000_000);
  });

  test.each([undefined, null, ''])('no expiry where it is %j', (expiresAt) => {
    expect(readIdentity({ authorizer: { principalId: 'ann', expiresAt } }, 'token', [])).toEqual({ caller: hashCaller('ann'), claims: {} });
  });
});

test('a caller is named by a hash alone, of 43 characters', () => {
  expect(hashCaller('ann')).toMatch(/^[\w-]{43}$/);
  expect(hashCaller('ann')).not.toBe(hashCaller('Ann'));
});

describe('a request to connect fails, and repeats nothing, where', () => {
  test.each<[string, CallerContext, CallerIdentity]>([
    ['no authorizer has answered', {}, 'token'],
    ['the authorizer named nobody', { authorizer: { claims: '{}' } }, 'token'],
    ['the authorizer named nobody by a text', { authorizer: { principalId: { secret: 1 } } }, 'authorizer'],
    ['its claims are not JSON', { authorizer: { principalId: 'ann', claims: '{secret' } }, 'token'],
    ['its expiry is no number', { authorizer: { principalId: 'ann', expiresAt: 'secret' } }, 'token'],
  ])('%s', (_, context, kind) => {
    const told = () => readIdentity(context, kind, NAMES);
    expect(told).toThrow();
    expect(told).not.toThrow(/secret/);
  });
});
