import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SigningCredentials } from '../callers';

/** A request as it came in. */
export interface SignedRequest {
  readonly method: string;
  /** The path and the query string. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Verification {
  readonly region: string;
  readonly service: string;
  credentialsOf(accessKeyId: string): SigningCredentials | undefined;
}

/** Why a signature is not taken. */
export class SignatureRefused extends Error {}

/** What a request says of its signature. */
interface Claimed {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly date: string;
  /** Of a presigned address, in seconds. */
  readonly expires?: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly sessionToken?: string;
}

/** What a signature in an address consists of. */
const PARTS = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature', 'Security-Token'];

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** How far the date of a signed request may be from now. */
const CLOCK_SKEW_MS = 5 * 60_000;

const MOST_EXPIRES = 7 * 24 * 60 * 60;

/** Verifies the Signature Version 4 of a request, in its address or its headers; gives the access key. Throws SignatureRefused. */
export async function verifySignature(request: SignedRequest, { region, service, credentialsOf }: Verification, now = Date.now()): Promise<string> {
  const address = new URL(request.url, 'http://local');
  const claimed = inAddress(address.searchParams) ?? inHeaders(request.headers);
  const signed = dateOf(claimed.date);
  refuseUntimely(claimed, signed.getTime(), now);
  const [day, ...place] = claimed.scope.split('/');
  refuseUnless(day === claimed.date.slice(0, 8) && place.join('/') === `${region}/${service}/aws4_request`, 'the signature is for another day, Region or service');
  refuseUnless(claimed.signedHeaders.includes('host'), 'the host is not signed');
  const credentials = credentialsOf(claimed.accessKeyId);
  refuseUnless(credentials !== undefined, 'the access key is unknown');
  refuseUnless(claimed.sessionToken === credentials!.sessionToken, 'the security token is not the one of the access key');
  const signer = new SignatureV4({ credentials: credentials!, region, service, sha256: Sha256, applyChecksum: false });
  const expected = await signatureOf(request, address, claimed, signed, signer);
  refuseUnless(equal(expected, claimed.signature), 'the signature does not match the request');
  return claimed.accessKeyId;
}

function inAddress(query: URLSearchParams): Claimed | undefined {
  const all = (name: string) => query.getAll(`X-Amz-${name}`);
  if (all('Signature').length === 0 && all('Algorithm').length === 0) {
    return undefined;
  }
  refuseUnless(PARTS.every((name) => all(name).length <= 1), 'a part of the signature is there twice');
  const [algorithm, credential, date, expires, signedHeaders, signature, sessionToken] = PARTS.map((name): string | undefined => all(name)[0]);
  refuseUnless(algorithm === ALGORITHM, `the algorithm is not ${ALGORITHM}`);
  refuseUnless(/^\d{1,6}$/.test(expires ?? ''), 'X-Amz-Expires is missing, or no number of seconds');
  return {
    ...credentialParts(credential),
    date: date ?? '',
    expires: Number(expires),
    signedHeaders: (signedHeaders ?? '').split(';'),
    signature: signature ?? '',
    sessionToken,
  };
}

function inHeaders(headers: IncomingHttpHeaders): Claimed {
  const [, credential, signedHeaders, signature] = new RegExp(`^${ALGORITHM} Credential=([^,\\s]+),\\s*SignedHeaders=([^,\\s]+),\\s*Signature=(\\S+)$`)
    .exec(headers.authorization ?? '') ?? [];
  refuseUnless(credential !== undefined, 'the request is not signed');
  const names = signedHeaders.split(';');
  refuseUnless(names.includes('x-amz-date'), 'the date is not signed');
  return {
    ...credentialParts(credential),
    date: String(headers['x-amz-date'] ?? ''),
    signedHeaders: names,
    signature,
    sessionToken: headers['x-amz-security-token'] as string | undefined,
  };
}

function credentialParts(credential = ''): Pick<Claimed, 'accessKeyId' | 'scope'> {
  const [accessKeyId, ...scope] = credential.split('/');
  return { accessKeyId, scope: scope.join('/') };
}

function dateOf(date: string): Date {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  refuseUnless(parts.length > 0, 'the date is missing or malformed');
  const [year, month, day, hour, minute, second] = parts.map(Number);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

function refuseUntimely({ expires }: Claimed, signed: number, now: number): void {
  refuseUnless(signed <= now + CLOCK_SKEW_MS, 'the signature is not yet current');
  refuseUnless(expires === undefined || (expires >= 1 && expires <= MOST_EXPIRES), `X-Amz-Expires is not between 1 and ${MOST_EXPIRES}`);
  refuseUnless(now <= signed + (expires === undefined ? CLOCK_SKEW_MS : expires * 1000), 'the signature has expired');
}

/** The signature that the request would have, were it signed with these credentials. */
async function signatureOf(
  { method, headers }: SignedRequest, address: URL, claimed: Claimed, signingDate: Date, signer: SignatureV4,
): Promise<string> {
  const signableHeaders = new Set(claimed.signedHeaders);
  const unsigned = {
    method,
    protocol: 'https:',
    hostname: '',
    path: address.pathname,
    query: queryOf(address.searchParams),
    headers: Object.fromEntries(claimed.signedHeaders.map((name) => [name, String(headers[name] ?? '')])),
  };
  if (claimed.expires !== undefined) {
    const options = { signingDate, expiresIn: claimed.expires, signableHeaders, unhoistableHeaders: signableHeaders };
    const { query } = await signer.presign(unsigned, options);
    return String(query?.['X-Amz-Signature']);
  }
  const { headers: { authorization } } = await signer.sign(unsigned, { signingDate, signableHeaders });
  return authorization.split('Signature=')[1];
}

/** The query string without what signing adds. */
function queryOf(query: URLSearchParams): Record<string, string[]> {
  const added = PARTS.map((part) => `X-Amz-${part}`);
  const names = [...new Set(query.keys())].filter((name) => !added.includes(name));
  return Object.fromEntries(names.map((name) => [name, query.getAll(name)]));
}

function equal(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function refuseUnless(holds: boolean, reason: string): void {
  if (!holds) {
    throw new SignatureRefused(reason);
  }
}
