import { useCallback, useEffect, useState } from 'react';
import type {
  Answer, Client, Column, ObjectRow, QueriesLike, QueryOptions, QueryProgress, RowFormat, RowOf, Timing,
} from 'redshift-websocket-client';
import { readClient, readSubmission } from './submission';
// By the name that the types of the package keep.

/** How a component asks. A query is asked anew when `maxAge` or `rows` changes. */
export interface UseRedshiftQueryOptions<Format extends RowFormat = RowFormat> extends Pick<QueryOptions<Format>, 'maxAge' | 'rows'> {
  /** Whether not to ask for now. @default false */
  readonly skip?: boolean;
  /** Whether the rows of the parameters before are shown until those of the new ones have come. @default false */
  readonly keepPreviousRows?: boolean;
}

/** What a component shows of a query. */
export interface RedshiftQuery<Row> {
  /** `idle`: there is nothing to ask. `loading`: it was asked, for the first time or again. Then one of `success` and `error`. */
  readonly status: 'idle' | 'loading' | 'success' | 'error';
  /** All rows; undefined until they have come. They stay while the same is asked again, and when that fails. */
  readonly rows?: readonly Row[];
  readonly columns?: readonly Column[];
  readonly truncated?: boolean;
  readonly timing?: Timing;
  /** How far a query has got that is `loading`. */
  readonly progress?: QueryProgress;
  /** Why there is no answer: an error of the client library. */
  readonly error?: unknown;
  /** Asks the same again. */
  readonly refetch: () => void;
}

/** The state of one question of a component. */
interface Shown<Row> {
  readonly client?: unknown;
  readonly key?: string;
  readonly status: 'loading' | 'success' | 'error';
  readonly answer?: Answer<Row>;
  readonly progress?: QueryProgress;
  readonly error?: unknown;
}

const NOTHING: Shown<never> = { status: 'loading' };

/**
 * Asks a query, and again whenever its name or the value of a parameter changes; cancels what is not needed any more. Never throws: invalid arguments
 * result in the status `error`.
 *
 * @param parameters the values; undefined to ask nothing yet
 */
export function useRedshiftQuery<Queries extends QueriesLike<Queries>, Name extends keyof Queries & string, Format extends RowFormat = 'object'>(
  client: Client<Queries>,
  name: Name,
  parameters: Queries[Name]['parameters'] | undefined,
  options: UseRedshiftQueryOptions<Format> = {},
): RedshiftQuery<RowOf<Queries[Name], Format>> {
  type Row = RowOf<Queries[Name], Format>;
  const own = readClient(client);
  const { key, keepPreviousRows } = readSubmission(name, parameters, options);
  const [shown, setShown] = useState<Shown<Row>>(NOTHING);
  const [fetches, setFetches] = useState(0);

  const isOf = (state: Shown<Row>): boolean => state.client === own && state.key === key;
  useEffect(() => {
    if (key === undefined) {
      return undefined;
    }
    const { signal, abort } = controller();
    const show = (change: Pick<Shown<Row>, 'status'> & Partial<Shown<Row>>): void => {
      if (!signal.aborted) {
        setShown((before) => ({ client: own, key, answer: isOf(before) || keepPreviousRows ? before.answer : undefined, ...change }));
      }
    };
    show({ status: 'loading' });
    const onProgress = (progress: QueryProgress): void => show({ status: 'loading', progress });
    submit(own, name, parameters, options, { signal, onProgress })
      .then((answer) => show({ status: 'success', answer: answer as Answer<Row> }), (error: unknown) => show({ status: 'error', error }));
    return abort;
  // The key stands for the name, the parameters and the options.
  }, [own, key, fetches]);

  const refetch = useCallback(() => setFetches((count) => count + 1), []);
  return present(shown, isOf(shown), key === undefined, keepPreviousRows, refetch);
}

function present<Row>(shown: Shown<Row>, isCurrent: boolean, isIdle: boolean, keepPrevious: boolean, refetch: () => void): RedshiftQuery<Row> {
  const answer = isCurrent || keepPrevious ? shown.answer : undefined;
  const { status, progress, error }: Shown<Row> = isCurrent ? shown : NOTHING;
  return {
    status: isIdle ? 'idle' : status,
    rows: answer?.rows,
    columns: answer?.columns,
    truncated: answer?.truncated,
    timing: answer?.timing,
    progress,
    error,
    refetch,
  };
}

/** Submits the query; whatever is wrong with the arguments becomes a rejection. */
async function submit(client: unknown, name: unknown, parameters: unknown, options: unknown, own: QueryOptions): Promise<Answer<ObjectRow>> {
  const { maxAge, rows } = Object(options) as QueryOptions;
  if (client === undefined) {
    throw new TypeError('The client must be the result of connect().');
  }
  if (typeof name !== 'string') {
    throw new TypeError(`The name of the query must be a string; it is ${typeof name}.`);
  }
  return (client as Client).query(name, parameters as Record<string, never>, { maxAge, rows, ...own });
}

function controller(): { signal: AbortSignal; abort: () => void } {
  const own = new AbortController();
  return { signal: own.signal, abort: () => own.abort() };
}
