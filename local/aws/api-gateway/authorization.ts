import type { IncomingMessage } from 'node:http';

/** The connection, as all its events describe it. */
export interface ConnectionIdentity {
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent?: string;
}

/** The caller, as the event of `$connect` describes it. */
export interface AuthorizationResult {
  /** Context of a Lambda authorizer: `requestContext.authorizer`. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /** The IAM caller: part of `requestContext.identity`. */
  readonly identity?: Readonly<Record<string, string>>;
}

/** A rejected connect request, with its HTTP status code. */
export class ConnectError extends Error {
  constructor(public readonly statusCode: number, reason: string) {
    super(reason);
  }
}

/** Authorizes a connect request. Throws `ConnectError` if it is rejected. */
export type ConnectAuthorizer = (connection: ConnectionIdentity, request: IncomingMessage) => Promise<AuthorizationResult>;

export const STATUS = { unauthorized: 401, forbidden: 403, tooManyRequests: 429, failed: 500 };
