import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ServiceModel } from './service-model';

export { inputProblem } from './input-problem';
export { restInput } from './rest-input';
export type { ServiceModel } from './service-model';

/** Reads the model of a service. */
export function serviceModel(service: string): ServiceModel {
  return JSON.parse(fs.readFileSync(path.join(__dirname, `${service}.json`), 'utf8')) as ServiceModel;
}
