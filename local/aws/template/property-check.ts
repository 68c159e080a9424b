import type { ResourceType } from './resource-type';

/** Returns a problem for each property that is neither supported nor ignored. */
export function propertyProblems(type: ResourceType, properties: Readonly<Record<string, unknown>>): string[] {
  const known = new Set([...type.supported, ...Object.keys(type.ignored)]);
  const problems: string[] = [];
  visit(properties, '', (path, value) => {
    const allowed = type.values?.[path];
    if (allowed !== undefined && !allowed.includes(value)) {
      problems.push(`property ${path} is ${JSON.stringify(value)}, but only ${allowed.map((item) => JSON.stringify(item)).join(', ')} is supported by the local AWS`);
      return false;
    }
    if (known.has(path)) {
      return false;
    }
    if (isContainer(value) && [...known].some((name) => name.startsWith(`${path}.`))) {
      return true;
    }
    problems.push(`property ${path} is not supported by the local AWS`);
    return false;
  });
  return problems;
}

function visit(value: object, path: string, enter: (path: string, value: unknown) => boolean): void {
  if (Array.isArray(value)) {
    value.filter(isContainer).forEach((item) => visit(item, path, enter));
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    const itemPath = path === '' ? name : `${path}.${name}`;
    if (enter(itemPath, item)) {
      visit(item as object, itemPath, enter);
    }
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
