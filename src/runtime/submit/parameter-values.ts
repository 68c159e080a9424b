import { canonicalValue, InvalidValueError } from '../../shared/parameter-value';
import type { CanonicalValue, ParameterDefinition } from '../../shared/query-definitions';
import type { RejectedRequestError } from '../model/errors';

/** Returns an own property, not one of the prototype. */
export function getOwn(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/**
 * Converts a value to its canonical form. Throws the result of `rejection` if the value is invalid. `subject` starts its sentence, such as `Item 2
 * of the`, and `message` ends it.
 */
export function toCanonicalValue(
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
