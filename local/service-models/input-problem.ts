import type { ServiceModel, Shape } from './service-model';

/**
 * Validates an input. Returns the first problem, which names the member but not its value.
 * Throws if the model has no such operation.
 */
export function inputProblem(model: ServiceModel, operation: string, input: unknown): string | undefined {
  const shape = model.operations[operation];
  if (shape === undefined) {
    throw new Error(`the operation ${operation} has no model: add it to local/service-models/update.ts and run this script`);
  }
  return problemOf(model, shape, input, '');
}

function problemOf(model: ServiceModel, name: string, value: unknown, path: string): string | undefined {
  const shape = model.shapes[name];
  switch (shape.type) {
    case 'structure': return structureProblem(model, shape, value, path);
    case 'list': return listProblem(model, shape, value, path);
    case 'map': return mapProblem(model, shape, value, path);
    case 'boolean': return typeof value === 'boolean' ? undefined : problem(path, 'must be a boolean');
    case 'integer':
    case 'long': return Number.isInteger(value) ? limitsProblem(shape, value as number, path, 'value') : problem(path, 'must be an integer');
    case 'float':
    case 'double': return typeof value === 'number' ? limitsProblem(shape, value, path, 'value') : problem(path, 'must be a number');
    case 'timestamp': return ['number', 'string'].includes(typeof value) ? undefined : problem(path, 'must be a time');
    case 'blob': return blobProblem(shape, value, path);
    default: return stringProblem(shape, value, path);
  }
}

function structureProblem(model: ServiceModel, { members = {}, required = [] }: Shape, value: unknown, path: string): string | undefined {
  if (!isObject(value)) {
    return problem(path, 'must be a structure');
  }
  const present = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  const unknown = present.find(([name]) => !Object.hasOwn(members, name));
  if (unknown !== undefined) {
    return problem(below(path, unknown[0]), 'must be a member of the operation');
  }
  const missing = required.find((name) => !present.some(([other]) => other === name));
  if (missing !== undefined) {
    return problem(below(path, missing), 'must not be null');
  }
  return first(present, ([name, item]) => problemOf(model, members[name].shape, item, below(path, name)));
}

function listProblem(model: ServiceModel, shape: Shape, value: unknown, path: string): string | undefined {
  if (!Array.isArray(value)) {
    return problem(path, 'must be a list');
  }
  return limitsProblem(shape, value.length, path, 'length')
    ?? first([...value.entries()], ([index, item]) => problemOf(model, shape.member!.shape, item, below(path, index + 1)));
}

function mapProblem(model: ServiceModel, shape: Shape, value: unknown, path: string): string | undefined {
  if (!isObject(value)) {
    return problem(path, 'must be a map');
  }
  const entries = Object.entries(value);
  return limitsProblem(shape, entries.length, path, 'length')
    ?? first(entries, ([key]) => problemOf(model, shape.key!.shape, key, below(path, 'key')))
    ?? first(entries, ([key, item]) => problemOf(model, shape.value!.shape, item, below(path, key)));
}

/** In JSON, a blob is a base64 string. In a request body, it is bytes, and the service checks the size. */
function blobProblem(shape: Shape, value: unknown, path: string): string | undefined {
  if (Buffer.isBuffer(value)) {
    return undefined;
  }
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    return problem(path, 'must be base64');
  }
  return limitsProblem(shape, Buffer.from(value, 'base64').length, path, 'length');
}

function stringProblem(shape: Shape, value: unknown, path: string): string | undefined {
  if (typeof value !== 'string') {
    return problem(path, 'must be a string');
  }
  if (shape.enum !== undefined && !shape.enum.includes(value)) {
    return problem(path, `must satisfy enum value set: [${shape.enum.join(', ')}]`);
  }
  if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
    return problem(path, `must satisfy regular expression pattern: ${shape.pattern}`);
  }
  return limitsProblem(shape, value.length, path, 'length');
}

function limitsProblem({ min = -Infinity, max = Infinity }: Shape, size: number, path: string, what: 'length' | 'value'): string | undefined {
  if (size < min) {
    return problem(path, `must have ${what} greater than or equal to ${min}`);
  }
  return size > max ? problem(path, `must have ${what} less than or equal to ${max}`) : undefined;
}

function problem(path: string, constraint: string): string {
  return `1 validation error detected: Value at '${path}' failed to satisfy constraint: Member ${constraint}`;
}

function below(path: string, name: string | number): string {
  return path === '' ? String(name) : `${path}.${name}`;
}

function first<T>(items: readonly T[], look: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
