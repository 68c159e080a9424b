import { validationError } from './service-error';
import { inputProblem, serviceModel } from '../../service-models';

const MODEL = serviceModel('redshift-data');

/** Refuses an input that the service's own model of the operation does not allow, naming the member but never a value. */
export function validateInput(operation: string, input: unknown): void {
  const problem = inputProblem(MODEL, operation, input);
  if (problem !== undefined) throw validationError(problem);
}
