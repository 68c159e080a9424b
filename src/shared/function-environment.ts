/**
 * How events identify the caller. `token`: verified by the construct's own authorizer, see `VerifiedCaller`. `authorizer`: verified by the user's
 * Lambda authorizer, whose context has the claims. `iam`: by Signature Version 4.
 */
export type CallerIdentity = 'token' | 'authorizer' | 'iam';

/**
 * Claims of a caller with IAM credentials, which API Gateway takes from the signature.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
 */
export const IAM_CLAIMS = ['accountId', 'caller', 'user', 'userArn'] as const;

/** Context of the construct's own authorizer, which can hold only strings, numbers and booleans. `principalId` beside it identifies the caller. */
export interface VerifiedCaller {
  /** JSON object with those claims of the token that queries use. */
  readonly claims: string;
  /** Expiration of the token, in seconds since the epoch; undefined for never. The context of a user's own authorizer can have it, too. */
  readonly expiresAt?: number;
}

/** Environment variables of every function of the pipeline. */
export interface TableEnvironment {
  readonly TABLE_NAME: string;
  readonly QUEUE_URL: string;
  /** Undefined with open access, where callers aren't known. */
  readonly CALLER_IDENTITY?: CallerIdentity;
}

/** Environment variables of OnConnect, OnMessage and SendMessage. */
export interface StatementEnvironment extends TableEnvironment {
  readonly CALLBACK_URL: string;
  /** Prefix of the names of all statements that this construct starts, and of no other's. */
  readonly STATEMENT_NAME_PREFIX: string;
  readonly DATABASE_NAME: string;
  readonly CLUSTER_IDENTIFIER?: string;
  readonly WORKGROUP_NAME?: string;
  readonly DATABASE_USER?: string;
  readonly SECRET_ARN?: string;
  /** An integer. */
  readonly MAX_QUERIES_PER_CONNECTION: string;
}

/** Environment variables of OnConnect and OnMessage. */
export interface SubmitEnvironment extends StatementEnvironment {
  /** An integer; undefined where callers aren't known. */
  readonly MAX_QUERIES_PER_CALLER?: string;
  /** Throttle of the stage, which clients receive: integers. */
  readonly MESSAGES_PER_SECOND: string;
  readonly MESSAGE_BURST: string;
}

/** Maximum wait for the end of a statement, in seconds. It leaves most of the integration timeout for the other calls of the function. */
export const MAX_INLINE_WAIT_SECONDS = 10;

/** Environment variables of OnMessage. */
export interface MessageEnvironment extends SubmitEnvironment {
  /** How long the function waits for the end of a statement that it starts: an integer from 0, which disables the wait. */
  readonly INLINE_WAIT_SECONDS: string;
}

/** Environment variables of OnConnect. */
export interface ConnectEnvironment extends SubmitEnvironment {
  /** JSON list of the origins whose pages can connect; undefined for all. */
  readonly ALLOWED_ORIGINS?: string;
  /** JSON list of the keys of the query string that carry credentials, and therefore aren't parameters; undefined for none. */
  readonly CREDENTIAL_KEYS?: string;
}

/** Environment variables of SendMessage. */
export interface DeliveryEnvironment extends StatementEnvironment {
  readonly RESULT_BUCKET_NAME: string;
  readonly DEAD_LETTER_QUEUE_URL: string;
}

/** Environment variables of the function that verifies tokens of a user pool or another issuer. */
export interface TokenEnvironment {
  readonly ISSUER: string;
  /** URL of the issuer's JSON Web Key Set. */
  readonly JWKS_URI: string;
  /** JSON list of the accepted values of `aud`, or of `client_id` for an access token of a user pool. */
  readonly AUDIENCE: string;
  /** Which token of a user pool is accepted; undefined for another issuer. */
  readonly TOKEN_USE?: 'access' | 'id';
  /** JSON list of the claims that queries use. */
  readonly CLAIM_NAMES: string;
  readonly ALLOWED_ORIGINS?: string;
}

/** Environment variables of the functions that issue and redeem tickets. */
export interface TicketEnvironment {
  readonly TABLE_NAME: string;
}

/** Environment variables of the function that issues tickets. */
export interface IssueTicketEnvironment extends TicketEnvironment {
  /** JSON list of the claims that queries use. */
  readonly CLAIM_NAMES: string;
  /** How long a ticket is valid: an integer. */
  readonly TICKET_VALIDITY_SECONDS: string;
}

/** Environment variables of the function that redeems tickets. */
export interface RedeemTicketEnvironment extends TicketEnvironment {
  readonly ALLOWED_ORIGINS?: string;
  /** Maximum duration of a connection: an integer; undefined for the maximum of API Gateway. */
  readonly CONNECTION_SECONDS?: string;
}
