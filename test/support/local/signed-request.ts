import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SigningCredentials } from '../../../local/aws';

/** How an address is signed, where it differs from what is right. */
export interface SigningOptions {
  readonly region?: string;
  readonly signingDate?: Date;
  readonly query?: Record<string, string>;
}

/** The address with the signature in its query string. */
export async function presigned(url: string, credentials: SigningCredentials, { region = 'us-east-1', signingDate, query = {} }: SigningOptions = {}): Promise<string> {
  const { query: signed = {} } = await signer(credentials, region).presign({ ...requestTo(url), query }, { expiresIn: 60, signingDate });
  return `${url}?${new URLSearchParams(signed as Record<string, string>).toString()}`;
}

/** The headers of a signed request to an address. */
export async function signedHeaders(url: string, credentials: SigningCredentials): Promise<Record<string, string>> {
  return (await signer(credentials, 'us-east-1').sign(requestTo(url))).headers;
}

function signer(credentials: SigningCredentials, region: string): SignatureV4 {
  return new SignatureV4({ credentials, region, service: 'execute-api', sha256: Sha256, applyChecksum: false });
}

function requestTo(url: string) {
  const { hostname, host, pathname } = new URL(url);
  return { method: 'GET', protocol: 'wss:', hostname, path: pathname, headers: { host } };
}
