import { useCallback, useEffect, useState } from 'react';
// By the name that the types of the package keep.
import type {
  Answer, Client, Column, ObjectRow, QueriesLike, QueryOptions, QueryProgress, RowFormat, RowOf, Timing,
} from 'cdk-redshift-websocket-query/client';

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
 * Asks a query, and again whenever its name or the value of a parameter changes; cancels what is not needed any more.
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
  const { maxAge, rows: format, skip = false, keepPreviousRows = false } = options;
  const key = parameters === undefined || skip ? undefined : JSON.stringify([name, sorted(parameters), maxAge, format]);
  const [shown, setShown] = useState<Shown<Row>>(NOTHING);
  const [fetches, setFetches] = useState(0);

  const isOf = (state: Shown<Row>): boolean => state.client === client && state.key === key;
  useEffect(() => {
    if (key === undefined) {
      return undefined;
    }
    const { signal, abort } = controller();
    const show = (change: Pick<Shown<Row>, 'status'> & Partial<Shown<Row>>): void => {
      if (!signal.aborted) {
        setShown((before) => ({ client, key, answer: isOf(before) || keepPreviousRows ? before.answer : undefined, ...change }));
      }
    };
    show({ status: 'loading' });
    const onProgress = (progress: QueryProgress): void => show({ status: 'loading', progress });
    ask(client, name, parameters!, { maxAge, rows: format, signal, onProgress })
      .then((answer) => show({ status: 'success', answer: answer as Answer<Row> }), (error: unknown) => show({ status: 'error', error }));
    return abort;
  // The key stands for the name, the parameters and the options.
  }, [client, key, fetches]);

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

/** Asks; whatever the client throws becomes a rejection. */
async function ask(client: unknown, name: string, parameters: object, options: QueryOptions): Promise<Answer<ObjectRow>> {
  return (client as Client).query(name, { ...parameters }, options);
}

/** The values by name, in an order of their own: two objects with the same values are the same question. */
function sorted(parameters: object): readonly (readonly [string, unknown])[] {
  return Object.entries(parameters).filter(([, value]) => value !== undefined).sort(([one], [other]) => (one < other ? -1 : 1));
}

function controller(): { signal: AbortSignal; abort: () => void } {
  const own = new AbortController();
  return { signal: own.signal, abort: () => own.abort() };
}
