import { createHash } from 'node:crypto';
import { ExactNumber } from '../../../shared/decimal';
import { IAM_CLAIMS } from '../../../shared/function-environment';
import type { CallerIdentity, VerifiedCaller } from '../../../shared/function-environment';
import type { Claims } from '../../model/claims';
import type { Identity } from '../../model/connection';
import { parseExactly } from '../../submit/exact-json';

/** What API Gateway says in `$connect` of who comes: what an authorizer said, and who signed the request. */
export interface CallerContext {
  readonly connectionId?: string;
  readonly authorizer?: Readonly<Record<string, unknown>>;
  readonly identity?: Readonly<Record<string, unknown>>;
}

/** What a Lambda authorizer's context holds beside claims. */
const NO_CLAIMS = ['principalId', 'integrationLatency', 'expiresAt'];

interface Verified {
  readonly principal: unknown;
  readonly claims: Claims;
  readonly expiresAt?: unknown;
}

const READERS: { readonly [kind in CallerIdentity]: (context: CallerContext) => Verified } = {
  token: ({ authorizer = {} }) => {
    const { principalId, claims, expiresAt } = authorizer as Partial<VerifiedCaller> & { principalId?: unknown };
    return { principal: principalId, claims: claimsOf(claims), expiresAt };
  },
  authorizer: ({ authorizer = {} }) => {
    const claims = Object.entries(authorizer).filter(([name]) => !NO_CLAIMS.includes(name));
    return { principal: authorizer.principalId, claims: Object.fromEntries(claims), expiresAt: authorizer.expiresAt };
  },
  iam: ({ identity = {}, connectionId }) => {
    // All who sign in by one identity pool have one role session; the pool tells them apart. Whoever is not told is let in all the same, and is like nobody else.
    const { cognitoIdentityId, userArn, caller, user } = identity;
    const claims = IAM_CLAIMS.filter((name) => isThere(identity[name])).map((name) => [name, identity[name]]);
    const principal = [cognitoIdentityId, userArn, caller, user].find(isThere) ?? `connection ${connectionId}`;
    return { principal, claims: Object.fromEntries(claims) };
  },
};

/** Who comes, with the claims of these names. Throws where that cannot be told, without repeating anything of it. */
export function identityOf(context: CallerContext, kind: CallerIdentity, claimNames: readonly string[]): Identity {
  const { principal, claims, expiresAt } = READERS[kind](context);
  if (!isThere(principal) || typeof principal !== 'string') {
    throw new Error(`the request to connect does not say who comes (${kind})`);
  }
  const used = Object.entries(claims).filter(([name]) => claimNames.includes(name)).map(([name, value]) => [name, withTexts(value)]);
  return { caller: callerHash(principal), claims: Object.fromEntries(used), ...validity(expiresAt) };
}

/** Names a caller without telling who it is. */
export function callerHash(principal: string): string {
  return createHash('sha256').update(principal).digest('base64url');
}

/** An error about JSON would repeat a part of it. */
function claimsOf(json = '{}'): Claims {
  try {
    return parseExactly(json) as Claims;
  } catch {
    throw new Error('the claims of the request to connect are not JSON');
  }
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** The seconds since the epoch, a number or its text, as milliseconds. */
function validity(expiresAt: unknown): Pick<Identity, 'validUntil'> {
  if (!isThere(expiresAt)) {
    return {};
  }
  const validUntil = Number(expiresAt) * 1000;
  if (!Number.isFinite(validUntil)) {
    throw new Error('the request to connect does not say in seconds when the sign-in expires');
  }
  return { validUntil };
}

/** JSON has a place for numbers that JavaScript has none for, but not when they are stored: parameters take them as texts. */
function withTexts(value: unknown): unknown {
  if (value instanceof ExactNumber) {
    return value.text;
  }
  return Array.isArray(value) ? value.map(withTexts) : value;
}
