import type { QueryProgress } from './query-progress';
import type { RowFormat } from '../rows/row-values';

/** The value of a parameter. Numbers must be finite. A parameter with the value `undefined` is omitted. */
export type ParameterValue = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** The queries of a service of which the types are unknown: all names and all parameters are allowed. */
export interface AnyQueries {
  readonly [name: string]: { readonly parameters: { readonly [name: string]: ParameterValue | undefined } };
}

/**
 * The constraint of types of queries: the parameters of each query by its name, and optionally the type of a row as an object. `clientTypes()` of the
 * construct generates such a type.
 */
export type QueriesLike<Queries> = { readonly [Name in keyof Queries]: { readonly parameters: object; readonly row?: object } };

/** A row as an object of values by column name. */
export type ObjectRow = Record<string, any>;

/** A row as an array of values in the order of the columns. */
export type ArrayRow = readonly any[];

/** The type of a row of a query in a row format. */
export type RowOf<Definition, Format extends RowFormat> = Format extends 'array'
  ? ArrayRow
  : Definition extends { readonly row?: infer Row extends object } ? (object extends Row ? ObjectRow : Row) : ObjectRow;

/** The parameters and options of a query. The parameters are optional if the query requires none. */
export type QueryArguments<Definition, Options> = Definition extends { readonly parameters: infer Parameters }
  ? Partial<Parameters> extends Parameters ? [parameters?: Parameters, options?: Options] : [parameters: Parameters, options?: Options]
  : never;

/** Options of one query. */
export interface QueryOptions<Format extends RowFormat = RowFormat> {
  /** Cancels the query, which then rejects with the reason of the signal. @default - none */
  readonly signal?: AbortSignal;
  /** Called when the progress of the query changes. If it throws, the query is canceled and rejects with the error. @default - none */
  readonly onProgress?: (progress: QueryProgress) => void;
  /**
   * Maximum age of a reused result, in seconds: an integer from 0 to 1,000,000,000. It can only shorten the `resultReuse` of the construct; 0 shares
   * only runs that have not ended.
   * @default - the `resultReuse` of the construct
   */
  readonly maxAge?: number;
  /**
   * Maximum number of messages, of up to 32 KB each, that the client buffers before the service pauses: an integer from 1 to 1,000,000,000.
   * @default - 16 if you iterate over the query; no maximum if you await it
   */
  readonly window?: number;
  /** Whether a row is an `object` of values by column name, or an `array` of values in the order of the columns. @default 'object' */
  readonly rows?: Format;
}
