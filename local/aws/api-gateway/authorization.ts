import type { IncomingMessage } from 'node:http';

/** Who is connected, as every event of the connection says it. */
export interface ConnectionIdentity {
  readonly connectionId: string;
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent?: string;
}

/** Who was let in, as the event of `$connect` says it. */
export interface Admission {
  /** What a Lambda authorizer said: `requestContext.authorizer`. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /** Who signed: a part of `requestContext.identity`. */
  readonly identity?: Readonly<Record<string, string>>;
}

/** The refusal of a request to connect, with its status. */
export class ConnectRefused extends Error {
  constructor(public readonly statusCode: number, reason: string) {
    super(reason);
  }
}

/** Decides who may connect. Throws ConnectRefused. */
export type ConnectAuthorizer = (connection: ConnectionIdentity, request: IncomingMessage) => Promise<Admission>;

export const STATUS = { unauthorized: 401, forbidden: 403, tooManyRequests: 429, failed: 500 };
