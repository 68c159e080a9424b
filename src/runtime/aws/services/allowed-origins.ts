import { listSetting } from './environment';
import type { Environment } from './environment';

/** The origins whose pages may connect; undefined for all. */
export function allowedOriginsOf(environment: Environment): string[] | undefined {
  return environment.ALLOWED_ORIGINS === undefined ? undefined : listSetting(environment, 'ALLOWED_ORIGINS');
}
