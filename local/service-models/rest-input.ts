import type { IncomingMessage } from 'node:http';
import type { ServiceModel, ShapeReference } from './service-model';

/** What a request of a REST protocol carries, by the parts of it that models name. */
export interface RestRequest {
  readonly headers: IncomingMessage['headers'];
  readonly query: URLSearchParams;
  /** What the path holds, by the names of the members. */
  readonly path: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The input of an operation, gathered from the path, the headers, the query string and the body, as its model spreads it. */
export function restInput(model: ServiceModel, operation: string, request: RestRequest): Record<string, unknown> {
  const { members = {}, payload } = model.shapes[model.operations[operation]] ?? {};
  const entries = Object.entries(members).map(([name, reference]): [string, unknown] => {
    const text = textOf(name, reference, request);
    return [name, name === payload ? request.body : text === undefined ? undefined : converted(model.shapes[reference.shape].type, text)];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function textOf(name: string, { location, locationName = name }: ShapeReference, { headers, query, path }: RestRequest): string | undefined {
  switch (location) {
    case 'uri': return path[name];
    case 'querystring': return query.get(locationName) ?? undefined;
    case 'header': return headers[locationName.toLowerCase()]?.toString();
    // A map of headers with a prefix: its values are free.
    default: return undefined;
  }
}

function converted(type: string, text: string): unknown {
  switch (type) {
    case 'integer':
    case 'long':
    case 'float':
    case 'double': return text.trim() === '' ? text : Number(text);
    case 'boolean': return text === 'true' ? true : text === 'false' ? false : text;
    default: return text;
  }
}
