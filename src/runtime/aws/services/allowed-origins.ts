import { listSetting } from './environment';
import type { Environment } from './environment';

/** Reads the allowed origins. Returns undefined if all are allowed. */
export function allowedOriginsOf(environment: Environment): string[] | undefined {
  return environment.ALLOWED_ORIGINS === undefined ? undefined : listSetting(environment, 'ALLOWED_ORIGINS');
}
