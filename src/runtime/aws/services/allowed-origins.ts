import { readList } from './environment';
import type { Environment } from './environment';

/** Reads the allowed origins. Returns undefined if all are allowed. */
export function readAllowedOrigins(environment: Environment): string[] | undefined {
  return environment.ALLOWED_ORIGINS === undefined ? undefined : readList(environment, 'ALLOWED_ORIGINS');
}
