/**
 * Whether a page of an origin may connect, as browsers name it: `https://example.com`. Who names none is no browser, and other things than an origin
 * have to keep it out.
 */
export function isAllowedOrigin(windowEnd: readonly string[] | undefined, origin: string | undefined): boolean {
  return windowEnd === undefined || origin === undefined || windowEnd.includes(origin);
}
