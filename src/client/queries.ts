import type { QueryProgress } from './progress';
import type { RowFormat } from './values';

/** A value of a parameter. A number must be finite; a parameter that is `undefined` is omitted. */
export type ParameterValue = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** The queries of a service where nothing is known about them: every name, every parameter. */
export interface AnyQueries {
  readonly [name: string]: { readonly parameters: { readonly [name: string]: ParameterValue | undefined } };
}

/**
 * What the queries of a service have to look like: by name their parameters, and the type of a row as an object where it is known. The
 * construct's `clientTypes()` writes this down.
 */
export type QueriesLike<Queries> = { readonly [Name in keyof Queries]: { readonly parameters: object; readonly row?: object } };

/** A row as an object: a value for each column's name. */
export type ObjectRow = Record<string, any>;

/** A row as an array: a value for each column. */
export type ArrayRow = readonly any[];

/** The row of a query, in a format. */
export type RowOf<Definition, Format extends RowFormat> = Format extends 'array'
  ? ArrayRow
  : Definition extends { readonly row?: infer Row extends object } ? (object extends Row ? ObjectRow : Row) : ObjectRow;

/** The parameters of a query, which may be left out where none is needed, and options. */
export type QueryArguments<Definition, Options> = Definition extends { readonly parameters: infer Parameters }
  ? Partial<Parameters> extends Parameters ? [parameters?: Parameters, options?: Options] : [parameters: Parameters, options?: Options]
  : never;

/** How one query is asked and answered. */
export interface QueryOptions<Format extends RowFormat = RowFormat> {
  /** Cancels the query, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Called whenever the query gets further. What it throws ends the query. */
  readonly onProgress?: (progress: QueryProgress) => void;
  /**
   * In seconds: how old an answer may be that is kept from an earlier run. It can shorten what the service allows, never lengthen it; 0 takes
   * part only in runs that are in flight. @default - as old as the service allows
   */
  readonly maxAge?: number;
  /**
   * How many messages, of up to 32 KB each, may wait for the caller before the service waits too.
   * @default - 16 for a loop; all of them where the answer is awaited as a whole
   */
  readonly window?: number;
  /** Whether a row is an `'object'` by the names of the columns, or an `'array'` in their order. @default 'object' */
  readonly rows?: Format;
}

