import { canonicalValue, InvalidValueError } from '../../shared/parameter-value';
import type { CanonicalValue, ParameterDefinition } from '../../shared/query-definitions';
import type { RejectedRequestError } from '../model/errors';

/** What an object has by itself, and not from its prototype. */
export function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The canonical form of a value. Throws the refusal of one that breaks a rule: `subject` begins its sentence, such as `Item 2 of the`, `message` ends it. */
export function acceptedValue(
  value: unknown, definition: ParameterDefinition, rejection: (subject: string, message: string) => RejectedRequestError,
): CanonicalValue {
  try {
    return canonicalValue(value, definition);
  } catch (error) {
    if (error instanceof InvalidValueError) {
      throw rejection(error.item === undefined ? 'The' : `Item ${error.item} of the`, error.message);
    }
    throw error;
  }
}
