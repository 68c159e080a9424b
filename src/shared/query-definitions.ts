/** Module with the query definitions, in a Lambda layer. */
export const DEFINITIONS_MODULE = 'redshift-websocket-query-definitions';

/** Name of the query that runs when a client names none. */
export const DEFAULT_QUERY = 'default';

/** A string: its length in characters, and the source of the regular expression that it must match. */
export interface StringDefinition {
  readonly kind: 'string';
  readonly minLength: number;
  readonly maxLength: number;
  readonly pattern?: string;
}

/** An integer; the limits are canonical numbers. */
export interface IntegerDefinition {
  readonly kind: 'integer';
  readonly min: string;
  readonly max: string;
}

/** A decimal number: its maximum number of digits, and of digits after the decimal point; the limits are canonical numbers. */
export interface DecimalDefinition {
  readonly kind: 'decimal';
  readonly precision: number;
  readonly scale?: number;
  readonly min?: string;
  readonly max?: string;
}

export interface BooleanDefinition {
  readonly kind: 'boolean';
}

/** A date; the limits are canonical dates. */
export interface DateDefinition {
  readonly kind: 'date';
  readonly min?: string;
  readonly max?: string;
}

/** A timestamp without or with a time zone; the limits are canonical timestamps of the same kind. */
export interface TimestampDefinition {
  readonly kind: 'timestamp';
  readonly withTimeZone: boolean;
  readonly min?: string;
  readonly max?: string;
}

/** One of these strings. */
export interface OneOfDefinition {
  readonly kind: 'oneOf';
  readonly values: readonly string[];
}

/** A single value; a new kind is a new member of this union. */
export type ValueDefinition =
  | StringDefinition
  | IntegerDefinition
  | DecimalDefinition
  | BooleanDefinition
  | DateDefinition
  | TimestampDefinition
  | OneOfDefinition;

/** A list of values of one kind. */
export interface ListDefinition {
  readonly kind: 'list';
  readonly item: ValueDefinition;
  readonly minItems: number;
  readonly maxItems: number;
}

/** A value as the functions store, compare and bind it: the canonical string of each value, or NULL. */
export type CanonicalValue = string | readonly string[] | null;

/** A parameter of a query. */
export type ParameterDefinition = (ValueDefinition | ListDefinition) & {
  /** Whether a client can omit the parameter or send null; its value is then NULL. */
  readonly optional?: boolean;
  /** Value when a client omits the parameter. */
  readonly defaultValue?: string | readonly string[];
  /** Claim of the caller that provides the value; a client can neither send nor override it. */
  readonly claim?: string;
};

/** SQL known at synthesis, or the environment variable with SQL known only at deployment. */
export type SqlSource = { readonly inline: string } | { readonly environmentVariable: string };

export interface QueryDefinition {
  readonly sql: SqlSource;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /** Maximum duration, from submission to the last row. */
  readonly timeoutSeconds: number;
  /** How long after the end of a run its result is reused for equal requests; 0 for never. */
  readonly resultReuseSeconds: number;
  /** How long after the end of a run its result is stored for clients that reconnect. */
  readonly resultRetentionSeconds: number;
  /** How long the query continues without subscribers. */
  readonly reconnectGraceSeconds: number;
  /** Maximum number of rows in a result; undefined for all. */
  readonly maxRows?: number;
  /** Maximum number of bytes of all `rows` messages of a result, uncompressed; undefined for all. */
  readonly maxResultBytes?: number;
}

export type QueryDefinitions = Readonly<Record<string, QueryDefinition>>;
