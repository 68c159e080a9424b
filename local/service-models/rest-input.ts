import type { IncomingMessage } from 'node:http';
import type { ServiceModel, ShapeReference } from './service-model';

/** A request of a REST protocol. */
export interface RestRequest {
  readonly headers: IncomingMessage['headers'];
  readonly query: URLSearchParams;
  /** Path parameters, by member. */
  readonly path: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Parses the input of an operation from the path, headers, query string and body. */
export function restInput(model: ServiceModel, operation: string, request: RestRequest): Record<string, unknown> {
  const { members = {}, payload } = model.shapes[model.operations[operation]] ?? {};
  const entries = Object.entries(members).map(([name, reference]): [string, unknown] => {
    const value = valueOf(name, reference, request);
    return [name, name === payload ? request.body : value === undefined ? undefined : convert(model.shapes[reference.shape].type, value)];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valueOf(name: string, { location, locationName = name }: ShapeReference, { headers, query, path }: RestRequest): string | undefined {
  switch (location) {
    case 'uri': return path[name];
    case 'querystring': return query.get(locationName) ?? undefined;
    case 'header': return headers[locationName.toLowerCase()]?.toString();
    // A map of headers with a prefix has no constraints.
    default: return undefined;
  }
}

function convert(type: string, value: string): unknown {
  switch (type) {
    case 'integer':
    case 'long':
    case 'float':
    case 'double': return value.trim() === '' ? value : Number(value);
    case 'boolean': return value === 'true' ? true : value === 'false' ? false : value;
    default: return value;
  }
}
