import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SigningCredentials } from '../callers';

/** A signed request. */
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

/** The signature is invalid. */
export class InvalidSignatureError extends Error {}

/** The parts of a signature. */
interface Signature {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly date: string;
  /** Validity of a presigned URL, in seconds. */
  readonly expires?: number;
  readonly signedHeaders: readonly string[];
  readonly value: string;
  readonly sessionToken?: string;
}

/** Query string parameters of a presigned URL. */
const PARTS = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature', 'Security-Token'];

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Maximum difference between the date of a signed request and the current time. */
const CLOCK_SKEW_MS = 5 * 60_000;

const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;

/** Verifies Signature Version 4 in the query string or the headers. Returns the access key ID. Throws `InvalidSignatureError`. */
export async function verifySignature(request: SignedRequest, { region, service, credentialsOf }: Verification, now = Date.now()): Promise<string> {
  const address = new URL(request.url, 'http://local');
  const signature = signatureInQuery(address.searchParams) ?? signatureInHeaders(request.headers);
  const signed = dateOf(signature.date);
  checkDates(signature, signed.getTime(), now);
  const [day, ...place] = signature.scope.split('/');
  check(day === signature.date.slice(0, 8) && place.join('/') === `${region}/${service}/aws4_request`, 'the signature is for another day, Region or service');
  check(signature.signedHeaders.includes('host'), 'the host is not signed');
  const credentials = credentialsOf(signature.accessKeyId);
  check(credentials !== undefined, 'the access key is unknown');
  check(signature.sessionToken === credentials!.sessionToken, 'the security token doesn\'t match the access key');
  const signer = new SignatureV4({ credentials: credentials!, region, service, sha256: Sha256, applyChecksum: false });
  const expected = await expectedSignature(request, address, signature, signed, signer);
  check(equal(expected, signature.value), 'the signature does not match the request');
  return signature.accessKeyId;
}

function signatureInQuery(query: URLSearchParams): Signature | undefined {
  const all = (name: string) => query.getAll(`X-Amz-${name}`);
  if (all('Signature').length === 0 && all('Algorithm').length === 0) {
    return undefined;
  }
  check(PARTS.every((name) => all(name).length <= 1), 'a parameter of the signature is duplicated');
  const [algorithm, credential, date, expires, signedHeaders, value, sessionToken] = PARTS.map((name): string | undefined => all(name)[0]);
  check(algorithm === ALGORITHM, `the algorithm is not ${ALGORITHM}`);
  check(/^\d{1,6}$/.test(expires ?? ''), 'X-Amz-Expires is missing or isn\'t a number of seconds');
  return {
    ...credentialParts(credential),
    date: date ?? '',
    expires: Number(expires),
    signedHeaders: (signedHeaders ?? '').split(';'),
    value: value ?? '',
    sessionToken,
  };
}

function signatureInHeaders(headers: IncomingHttpHeaders): Signature {
  const [, credential, signedHeaders, value] = new RegExp(`^${ALGORITHM} Credential=([^,\\s]+),\\s*SignedHeaders=([^,\\s]+),\\s*Signature=(\\S+)$`)
    .exec(headers.authorization ?? '') ?? [];
  check(credential !== undefined, 'the request is not signed');
  const names = signedHeaders.split(';');
  check(names.includes('x-amz-date'), 'the date is not signed');
  return {
    ...credentialParts(credential),
    date: String(headers['x-amz-date'] ?? ''),
    signedHeaders: names,
    value,
    sessionToken: headers['x-amz-security-token'] as string | undefined,
  };
}

function credentialParts(credential = ''): Pick<Signature, 'accessKeyId' | 'scope'> {
  const [accessKeyId, ...scope] = credential.split('/');
  return { accessKeyId, scope: scope.join('/') };
}

function dateOf(date: string): Date {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  check(parts.length > 0, 'the date is missing or malformed');
  const [year, month, day, hour, minute, second] = parts.map(Number);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}

function checkDates({ expires }: Signature, signed: number, now: number): void {
  check(signed <= now + CLOCK_SKEW_MS, 'the signature is not yet current');
  check(expires === undefined || (expires >= 1 && expires <= MAX_EXPIRES_SECONDS), `X-Amz-Expires is not between 1 and ${MAX_EXPIRES_SECONDS}`);
  check(now <= signed + (expires === undefined ? CLOCK_SKEW_MS : expires * 1000), 'the signature has expired');
}

/** Signs the request with the credentials of the caller. */
async function expectedSignature(
  { method, headers }: SignedRequest, address: URL, signature: Signature, signingDate: Date, signer: SignatureV4,
): Promise<string> {
  const signableHeaders = new Set(signature.signedHeaders);
  const unsigned = {
    method,
    protocol: 'https:',
    hostname: '',
    path: address.pathname,
    query: queryOf(address.searchParams),
    headers: Object.fromEntries(signature.signedHeaders.map((name) => [name, String(headers[name] ?? '')])),
  };
  if (signature.expires !== undefined) {
    const options = { signingDate, expiresIn: signature.expires, signableHeaders, unhoistableHeaders: signableHeaders };
    const { query } = await signer.presign(unsigned, options);
    return String(query?.['X-Amz-Signature']);
  }
  const { headers: { authorization } } = await signer.sign(unsigned, { signingDate, signableHeaders });
  return authorization.split('Signature=')[1];
}

/** The query string without the parameters of the signature. */
function queryOf(query: URLSearchParams): Record<string, string[]> {
  const added = PARTS.map((part) => `X-Amz-${part}`);
  const names = [...new Set(query.keys())].filter((name) => !added.includes(name));
  return Object.fromEntries(names.map((name) => [name, query.getAll(name)]));
}

function equal(expected: string, actual: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(actual)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function check(holds: boolean, reason: string): void {
  if (!holds) {
    throw new InvalidSignatureError(reason);
  }
}
