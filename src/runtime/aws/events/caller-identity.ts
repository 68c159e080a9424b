import { createHash } from 'node:crypto';
import { ExactNumber } from '../../../shared/decimal';
import { IAM_CLAIMS } from '../../../shared/function-environment';
import type { CallerIdentity, VerifiedCaller } from '../../../shared/function-environment';
import type { Claims, Identity } from '../../model/connection';
import { parseExactly } from '../../submit/exact-json';

/** The caller in a `$connect` event: the context of the authorizer, and the signer of the request. */
export interface CallerContext {
  readonly connectionId?: string;
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly identity?: Readonly<Record<string, unknown>>;
}

/** The keys in the context of a Lambda authorizer that aren't claims. */
const OTHER_CONTEXT_KEYS = ['principalId', 'integrationLatency', 'expiresAt'];

interface CallerContextValues {
  readonly principal: unknown;
  readonly claims: Claims;
  readonly expiresAt?: unknown;
}

const READERS: { readonly [kind in CallerIdentity]: (context: CallerContext) => CallerContextValues } = {
  token: ({ authorizer = {} }) => {
    const { principalId, claims, expiresAt } = authorizer as Partial<VerifiedCaller> & { principalId?: unknown };
    return { principal: principalId, claims: parseClaims(claims), expiresAt };
  },
  authorizer: ({ authorizer = {} }) => {
    const claims = Object.entries(authorizer).filter(([name]) => !OTHER_CONTEXT_KEYS.includes(name));
    return { principal: authorizer.principalId, claims: Object.fromEntries(claims), expiresAt: authorizer.expiresAt };
  },
  iam: ({ identity = {}, connectionId }) => {
    // All users of an identity pool share a role session, so the pool's identity id distinguishes them. A caller without any id is unique to its
    // connection.
    const { cognitoIdentityId, userArn, caller, user } = identity;
    const claims = IAM_CLAIMS.filter((name) => isPresent(identity[name])).map((name) => [name, identity[name]]);
    const principal = [cognitoIdentityId, userArn, caller, user].find(isPresent) ?? `connection ${connectionId}`;
    return { principal, claims: Object.fromEntries(claims) };
  },
};

/** Reads the identity of the caller. Throws if it is missing. The message contains no values. */
export function readIdentity(context: CallerContext, kind: CallerIdentity, claimNames: readonly string[]): Identity {
  const { principal, claims, expiresAt } = READERS[kind](context);
  if (!isPresent(principal) || typeof principal !== 'string') {
    throw new Error(`the connect request doesn't identify the caller (${kind})`);
  }
  const used = Object.entries(claims).filter(([name]) => claimNames.includes(name)).map(([name, value]) => [name, toStringNumbers(value)]);
  return { caller: hashCaller(principal), claims: Object.fromEntries(used), ...readExpiry(expiresAt) };
}

/** Hashes the name of a caller. */
export function hashCaller(principal: string): string {
  return createHash('sha256').update(principal).digest('base64url');
}

/** Parses claims. Replaces the JSON error, which would quote them. */
function parseClaims(json = '{}'): Claims {
  try {
    return parseExactly(json) as Claims;
  } catch {
    throw new Error('the claims of the connect request aren\'t valid JSON');
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** Reads the expiry in seconds since the epoch, as a number or string. */
function readExpiry(expiresAt: unknown): Pick<Identity, 'validUntil'> {
  if (!isPresent(expiresAt)) {
    return {};
  }
  const validUntil = Number(expiresAt) * 1000;
  if (!Number.isFinite(validUntil)) {
    throw new Error('"expiresAt" of the connect request isn\'t a number of seconds');
  }
  return { validUntil };
}

/** Converts exact numbers to strings, because DynamoDB and JavaScript can't store them. Parameters accept strings. */
function toStringNumbers(value: unknown): unknown {
  if (value instanceof ExactNumber) {
    return value.digits;
  }
  return Array.isArray(value) ? value.map(toStringNumbers) : value;
}
