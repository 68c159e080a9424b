import { Token } from 'aws-cdk-lib';

/** An application that shows pages in a scheme of its own, such as `capacitor://localhost`. */
const OTHER_ORIGIN = /^(?!https?:)[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+$/;

/** Checks the origins whose pages may connect: a page is let in only if its browser says exactly the same. */
export function validAllowedOrigins(origins: string[]): string[] {
  if (!Token.isUnresolved(origins)) {
    origins.filter((origin) => !Token.isUnresolved(origin)).forEach(requireOrigin);
  }
  return origins;
}

function requireOrigin(origin: string): void {
  if (origin === '*') {
    throw new Error("allowedOrigins holds '*', which is no origin: leave allowedOrigins out to let pages from everywhere connect");
  }
  const known = originOf(origin);
  if (known !== origin) {
    const remedy = known === undefined ? "with scheme and host, and the port if it is not the default, such as 'https://example.com'" : `'${known}'`;
    throw new Error(`'${origin}' in allowedOrigins is not how a browser names an origin: write ${remedy}`);
  }
}

/** The origin of an address as a browser says it; undefined where it has none. */
function originOf(text: string): string | undefined {
  if (OTHER_ORIGIN.test(text)) {
    return text;
  }
  const { protocol, origin } = URL.canParse(text) ? new URL(text) : { protocol: '', origin: '' };
  return /^https?:$/.test(protocol) && !origin.includes('*') ? origin : undefined;
}
