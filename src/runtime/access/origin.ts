/**
 * Whether a page with this origin, such as `https://example.com`, can connect. Clients that send no origin aren't browsers, and are always allowed.
 */
export function isAllowedOrigin(windowEnd: readonly string[] | undefined, origin: string | undefined): boolean {
  return windowEnd === undefined || origin === undefined || windowEnd.includes(origin);
}
