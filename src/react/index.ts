import { useCallback, useEffect, useState } from 'react';
import { readArguments, readClient } from './hook-arguments';
// Imported by the name of the package, because the published types contain this import.
import type {
  Client, Column, ObjectRow, QueriesLike, QueryOptions, QueryProgress, QueryResult, RowFormat, RowOf, Timing,
} from 'redshift-websocket-client';

/** Options of `useRedshiftQuery`. The hook submits the query again when `maxAge` or `rows` changes. */
export interface UseRedshiftQueryOptions<Format extends RowFormat = RowFormat> extends Pick<QueryOptions<Format>, 'maxAge' | 'rows'> {
  /** Whether to submit no query. @default false */
  readonly skip?: boolean;
  /** Whether `rows` contains the result of the previous parameters until the new result arrives. @default false */
  readonly keepPreviousRows?: boolean;
}

/** The state of a query in a component. */
export interface RedshiftQuery<Row> {
  /** `idle`: no query is submitted. `loading`: the query is submitted, for the first time or again. `success` or `error`: the query has ended. */
  readonly status: 'idle' | 'loading' | 'success' | 'error';
  /** All rows; undefined until the result arrives. The rows remain while the same query is submitted again, and if that query fails. */
  readonly rows?: readonly Row[];
  /** The columns of the result. */
  readonly columns?: readonly Column[];
  /** Whether the service truncated the result at its maximum number of rows or its maximum size. */
  readonly truncated?: boolean;
  /** The duration of each stage of the pipeline. */
  readonly timing?: Timing;
  /** The progress of the query while `status` is `loading`. */
  readonly progress?: QueryProgress;
  /** The error while `status` is `error`: an error of the client library. */
  readonly error?: unknown;
  /** Submits the same query again. */
  readonly refetch: () => void;
}

/** The last known state of the query with a key. */
interface QueryState<Row> {
  readonly client?: unknown;
  readonly key?: string;
  readonly status: 'loading' | 'success' | 'error';
  readonly result?: QueryResult<Row>;
  readonly progress?: QueryProgress;
  readonly error?: unknown;
}

const INITIAL_STATE: QueryState<never> = { status: 'loading' };

/**
 * Submits a query, and submits it again when its name or the value of a parameter changes. Cancels queries whose result isn't needed anymore. Never
 * throws: invalid arguments result in the status `error`.
 *
 * @param client the client, which must be the same object in each render
 * @param name the name of the query
 * @param parameters the values of the parameters; `undefined` to submit no query
 * @param options the options of the hook
 * @returns the state of the query
 * @example
 * import { connect } from 'redshift-websocket-client';
 * import { useRedshiftQuery } from 'redshift-websocket-client/react';
 *
 * const client = connect('wss://abc123.execute-api.us-east-1.amazonaws.com/prod');
 *
 * export function Hours({ day }: { day: string }) {
 *   const { status, rows } = useRedshiftQuery(client, 'by_hour', { day });
 *   return status === 'success' ? `${rows?.length} hours` : status;
 * }
 */
export function useRedshiftQuery<Queries extends QueriesLike<Queries>, Name extends keyof Queries & string, Format extends RowFormat = 'object'>(
  client: Client<Queries>,
  name: Name,
  parameters: Queries[Name]['parameters'] | undefined,
  options: UseRedshiftQueryOptions<Format> = {},
): RedshiftQuery<RowOf<Queries[Name], Format>> {
  type Row = RowOf<Queries[Name], Format>;
  const validClient = readClient(client);
  const { key, keepPreviousRows } = readArguments(name, parameters, options);
  const [state, setState] = useState<QueryState<Row>>(INITIAL_STATE);
  const [fetches, setFetches] = useState(0);

  const isCurrent = ({ client: stateClient, key: stateKey }: QueryState<Row>): boolean => stateClient === validClient && stateKey === key;
  useEffect(() => {
    if (key === undefined) {
      return undefined;
    }
    const { signal, abort } = createController();
    const update = (change: Pick<QueryState<Row>, 'status'> & Partial<QueryState<Row>>): void => {
      if (!signal.aborted) {
        setState((previous) => {
          const result = isCurrent(previous) || keepPreviousRows ? previous.result : undefined;
          return { client: validClient, key, result, ...change };
        });
      }
    };
    update({ status: 'loading' });
    const onProgress = (progress: QueryProgress): void => update({ status: 'loading', progress });
    submit(validClient, name, parameters, options, { signal, onProgress })
      .then((result) => update({ status: 'success', result: result as QueryResult<Row> }), (error: unknown) => update({ status: 'error', error }));
    return abort;
  // The key contains the name, the parameters and the options.
  }, [validClient, key, fetches]);

  const refetch = useCallback(() => setFetches((count) => count + 1), []);
  return toRedshiftQuery(state, { isCurrent: isCurrent(state), isIdle: key === undefined, keepPreviousRows, refetch });
}

interface Render {
  /** Whether the state is that of the present arguments. */
  readonly isCurrent: boolean;
  readonly isIdle: boolean;
  readonly keepPreviousRows: boolean;
  readonly refetch: () => void;
}

function toRedshiftQuery<Row>(state: QueryState<Row>, { isCurrent, isIdle, keepPreviousRows, refetch }: Render): RedshiftQuery<Row> {
  const result = isCurrent || keepPreviousRows ? state.result : undefined;
  const { status, progress, error }: QueryState<Row> = isCurrent ? state : INITIAL_STATE;
  return {
    status: isIdle ? 'idle' : status,
    rows: result?.rows,
    columns: result?.columns,
    truncated: result?.truncated,
    timing: result?.timing,
    progress,
    error,
    refetch,
  };
}

/** Submits the query. Rejects if an argument is invalid. */
async function submit(client: unknown, name: unknown, parameters: unknown, options: unknown, own: QueryOptions): Promise<QueryResult<ObjectRow>> {
  const { maxAge, rows } = Object(options) as QueryOptions;
  if (client === undefined) {
    throw new TypeError('The client must be the return value of connect().');
  }
  if (typeof name !== 'string') {
    throw new TypeError(`The name of the query must be a string, but its type is ${typeof name}.`);
  }
  return (client as Client).query(name, parameters as Record<string, never>, { maxAge, rows, ...own });
}

function createController(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
