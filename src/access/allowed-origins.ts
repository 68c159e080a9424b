import { Token } from 'aws-cdk-lib';

/** Origin of an application with its own URL scheme, such as `capacitor://localhost`. */
const OTHER_ORIGIN = /^(?!https?:)[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+$/;

/** Throws if an origin isn't exactly what a browser sends in the `Origin` header. */
export function validAllowedOrigins(origins: string[]): string[] {
  if (!Token.isUnresolved(origins)) {
    origins.filter((origin) => !Token.isUnresolved(origin)).forEach(requireOrigin);
  }
  return origins;
}

function requireOrigin(origin: string): void {
  if (origin === '*') {
    throw new Error("allowedOrigins has '*', which is not an origin: omit allowedOrigins to allow all origins");
  }
  const actual = originOf(origin);
  if (actual !== origin) {
    const remedy = actual === undefined ? "with scheme and host, and the port if it is not the default, such as 'https://example.com'" : `'${actual}'`;
    throw new Error(`'${origin}' in allowedOrigins is not an origin as browsers send it: write ${remedy}`);
  }
}

/** The origin of a URL as a browser sends it; undefined if browsers send none for it. */
function originOf(url: string): string | undefined {
  if (OTHER_ORIGIN.test(url)) {
    return url;
  }
  const { protocol, origin } = URL.canParse(url) ? new URL(url) : { protocol: '', origin: '' };
  return /^https?:$/.test(protocol) && !origin.includes('*') ? origin : undefined;
}
