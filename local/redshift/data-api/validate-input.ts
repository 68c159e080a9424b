import { validationError } from './service-error';
import { inputProblem, serviceModel } from '../../service-models';

const MODEL = serviceModel('redshift-data');

/** Throws if the input doesn't match the service model. The error names the member, but not its value. */
export function validateInput(operation: string, input: unknown): void {
  const problem = inputProblem(MODEL, operation, input);
  if (problem !== undefined) throw validationError(problem);
}
