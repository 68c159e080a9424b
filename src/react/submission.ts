/** What a component submits, read from its arguments. */
export interface Submission {
  /** Equal for arguments that submit the same query; undefined to submit none. */
  readonly key?: string;
  readonly keepPreviousRows: boolean;
}

/** Reads the arguments of the hook in a render. Never throws: what cannot be read fails when it is submitted. */
export function readSubmission(name: unknown, parameters: unknown, options: unknown): Submission {
  try {
    const { maxAge, rows, skip, keepPreviousRows } = Object(options) as Record<string, unknown>;
    const key = parameters === undefined || skip ? undefined : JSON.stringify([name, sortedEntries(parameters), maxAge, rows].map(comparable));
    return { key, keepPreviousRows: Boolean(keepPreviousRows) };
  } catch {
    return { key: 'invalid', keepPreviousRows: false };
  }
}

/** The client; undefined for everything else, since an object that is new in each render would cause another render. */
export function readClient(client: unknown): object | undefined {
  return typeof (client as { readonly query?: unknown } | null | undefined)?.query === 'function' ? client as object : undefined;
}

/** The values by name, in an order of their own: two objects with the same values submit the same query. */
function sortedEntries(parameters: unknown): unknown {
  return typeOf(parameters) === '[object Object]'
    ? Object.entries(parameters as object).filter(([, value]) => value !== undefined).sort(([one], [other]) => (one < other ? -1 : 1))
    : parameters;
}

/** A value that JSON distinguishes from every valid one, where it is invalid: JSON itself turns NaN into null, and a Date into a string. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    return Array.from(value, comparable);
  }
  const isValid = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  return isValid ? value : { invalid: typeof value === 'object' ? typeOf(value) : `${typeof value} ${String(value)}` };
}

function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
