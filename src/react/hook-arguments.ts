/** The arguments of the hook that a render depends on. */
export interface HookArguments {
  /** Equal for arguments that submit the same query; undefined to submit no query. */
  readonly key?: string;
  readonly keepPreviousRows: boolean;
}

/** Reads the arguments of the hook in a render. Never throws: invalid arguments fail when the query is submitted. */
export function readArguments(name: unknown, parameters: unknown, options: unknown): HookArguments {
  try {
    const { maxAge, rows, skip, keepPreviousRows } = Object(options) as Record<string, unknown>;
    const key = parameters === undefined || skip ? undefined : JSON.stringify([name, sortedEntries(parameters), maxAge, rows].map(toComparable));
    return { key, keepPreviousRows: Boolean(keepPreviousRows) };
  } catch {
    return { key: 'invalid', keepPreviousRows: false };
  }
}

/** Returns the client, or undefined if it isn't one, because an object that is new in each render would cause another render. */
export function readClient(client: unknown): object | undefined {
  return typeof (client as { readonly query?: unknown } | null | undefined)?.query === 'function' ? client as object : undefined;
}

/** Sorts the values by name, because objects with the same values submit the same query. */
function sortedEntries(parameters: unknown): unknown {
  return typeOf(parameters) === '[object Object]'
    ? Object.entries(parameters as object).filter(([, value]) => value !== undefined).sort(([one], [other]) => (one < other ? -1 : 1))
    : parameters;
}

/** Replaces an invalid value, because JSON converts NaN to null and a Date to a string, which are valid. */
function toComparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    return Array.from(value, toComparable);
  }
  const isValid = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  return isValid ? value : { invalid: typeof value === 'object' ? typeOf(value) : `${typeof value} ${String(value)}` };
}

function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
