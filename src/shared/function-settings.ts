/*
 * What the construct tells the functions: one definition, imported by both sides.
 */

/** The module, in a layer, that holds the query definitions. */
export const DEFINITIONS_MODULE = 'redshift-websocket-query-definitions';

/** How long a query runs without a client by default, in seconds: mobile networks change, and pages are loaded again, in less. */
export const DEFAULT_RECONNECT_GRACE_SECONDS = 60;

/** The query that a client means when it names none. */
export const DEFAULT_QUERY = 'default';

/** A text: its length bounds in characters and the regular expression it must match. */
export interface StringDefinition {
  readonly kind: 'string';
  readonly minLength: number;
  readonly maxLength: number;
  readonly pattern?: string;
}

/** A whole number; the bounds are canonical numbers. */
export interface IntegerDefinition {
  readonly kind: 'integer';
  readonly min: string;
  readonly max: string;
}

/** A number with at most so many digits, and at most so many of them after the point; the bounds are canonical numbers. */
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

/** A day; the bounds are canonical days. */
export interface DateDefinition {
  readonly kind: 'date';
  readonly min?: string;
  readonly max?: string;
}

/** A moment, either without a time zone or with one; the bounds are canonical moments of the same kind. */
export interface TimestampDefinition {
  readonly kind: 'timestamp';
  readonly withTimeZone: boolean;
  readonly min?: string;
  readonly max?: string;
}

/** One of these texts. */
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

/** Several values of one kind. */
export interface ListDefinition {
  readonly kind: 'list';
  readonly item: ValueDefinition;
  readonly minItems: number;
  readonly maxItems: number;
}

/** A value as the functions store, compare and bind it: the canonical text of each value, or NULL. */
export type CanonicalValue = string | readonly string[] | null;

/** A parameter of a query. */
export type ParameterDefinition = (ValueDefinition | ListDefinition) & {
  /** Whether it may be left out or null, and then is NULL. */
  readonly optional?: boolean;
  /** What it is when it is left out. */
  readonly defaultValue?: string | readonly string[];
  /** The claim of the caller that gives the value; a client can neither name nor override it. */
  readonly claim?: string;
};

/** SQL text known at synthesis, or the environment variable that holds text known only at deployment. */
export type SqlSource = { readonly text: string } | { readonly environmentVariable: string };

export interface QueryDefinition {
  readonly sql: SqlSource;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /** From the question to the last row; a query that takes longer is cancelled. */
  readonly timeoutSeconds: number;
  /** How long after its end a result answers the same question again; 0 for never. */
  readonly resultReuseSeconds: number;
  /** How long after its end a result is kept for clients that come back. */
  readonly resultRetentionSeconds: number;
  /** How long the query runs on without a client; absent, in a definition of an earlier version, for the default. */
  readonly reconnectGraceSeconds?: number;
  /** A result is cut after so many rows; absent for all of them. */
  readonly maxRows?: number;
  /** A result is cut before its `rows` messages, unpacked, have more bytes than this altogether; absent for all of them. */
  readonly maxResultBytes?: number;
}

export type QueryDefinitions = Readonly<Record<string, QueryDefinition>>;

/**
 * How the events of a connection tell who the caller is. `token`: our authorizer has verified a token or a ticket, see `VerifiedCaller`. `authorizer`: the
 * user's own Lambda authorizer, whose context holds the claims. `iam`: by Signature Version 4.
 */
export type CallerIdentity = 'token' | 'authorizer' | 'iam';

/**
 * The claims of a caller who signs in by IAM: what API Gateway says of whoever signed the request.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const IAM_CLAIMS = ['accountId', 'caller', 'user', 'userArn'] as const;

/** What our authorizer puts into its context, where API Gateway takes only texts, numbers and booleans; beside it stands `principalId`, which names the caller. */
export interface VerifiedCaller {
  /** A JSON object with those claims of the token that queries use. */
  readonly claims: string;
  /** When the token expires, in seconds since the epoch; absent for never. A user's own authorizer may give it, too. */
  readonly expiresAt?: number;
}

/** The environment of every function. */
export interface TableEnvironment {
  readonly TABLE_NAME: string;
  readonly QUEUE_URL: string;
  /** Absent where anyone may connect, and nobody is known. */
  readonly CALLER_IDENTITY?: CallerIdentity;
}

/** The environment of OnConnect, OnMessage and SendMessage. */
export interface StatementEnvironment extends TableEnvironment {
  readonly CALLBACK_URL: string;
  /** Begins the name of every statement that this construct starts, and of no other's. */
  readonly STATEMENT_NAME_PREFIX: string;
  readonly DATABASE_NAME: string;
  readonly CLUSTER_IDENTIFIER?: string;
  readonly WORKGROUP_NAME?: string;
  readonly DATABASE_USER?: string;
  readonly SECRET_ARN?: string;
  /** A whole number. */
  readonly MAX_QUERIES_PER_CONNECTION: string;
}

/** What OnConnect and OnMessage are told beyond that. */
export interface SubmitEnvironment extends StatementEnvironment {
  /** A whole number; absent where callers are not known. */
  readonly MAX_QUERIES_PER_CALLER?: string;
  /** The throttle of the stage, which clients are told: whole numbers. */
  readonly MESSAGES_PER_SECOND: string;
  readonly MESSAGE_BURST: string;
}

/** What OnConnect is told beyond that. */
export interface ConnectEnvironment extends SubmitEnvironment {
  /** A JSON list of the origins whose pages may connect; absent for all. */
  readonly ALLOWED_ORIGINS?: string;
  /** A JSON list of the keys of the query string that carry credentials, and therefore are no parameters; absent for none. */
  readonly CREDENTIAL_KEYS?: string;
}

/** The environment of the function that verifies tokens of a user pool or another issuer. */
export interface TokenEnvironment {
  readonly ISSUER: string;
  /** The address of the issuer's JSON Web Key Set. */
  readonly JWKS_URI: string;
  /** A JSON list: what `aud`, or for a user pool `client_id`, must be one of. */
  readonly AUDIENCE: string;
  /** Which token of a user pool is taken; absent for another issuer. */
  readonly TOKEN_USE?: 'access' | 'id';
  /** A JSON list of the claims that queries use. */
  readonly CLAIM_NAMES: string;
  readonly ALLOWED_ORIGINS?: string;
}

/** The environment of the functions that issue and redeem tickets. */
export interface TicketEnvironment {
  readonly TABLE_NAME: string;
}

/** The environment of the function that issues tickets. */
export interface IssueTicketEnvironment extends TicketEnvironment {
  /** A JSON list of the claims that queries use. */
  readonly CLAIM_NAMES: string;
  /** How long a ticket may be redeemed: a whole number. */
  readonly TICKET_VALIDITY_SECONDS: string;
}

/** The environment of the function that redeems tickets. */
export interface RedeemTicketEnvironment extends TicketEnvironment {
  readonly ALLOWED_ORIGINS?: string;
  /** After how long a connection ends: a whole number; absent for as long as API Gateway keeps it. */
  readonly CONNECTION_SECONDS?: string;
}

/** Begins the partition keys of tickets: what the roles of these functions are bound to. */
export const TICKET_PARTITION_PREFIX = 'ticket#';

/** What SendMessage is told beyond that. */
export interface DeliveryEnvironment extends StatementEnvironment {
  /** Keeps the messages of large results. */
  readonly RESULT_BUCKET_NAME: string;
  readonly DEAD_LETTER_QUEUE_URL: string;
}

/** The attributes of the table that the template and the functions both name. */
export const KEYS = {
  partitionKey: 'partitionKey',
  sortKey: 'sortKey',
  /** Seconds since the epoch; DynamoDB deletes the item some time after. */
  expiresAt: 'expiresAt',
} as const;
