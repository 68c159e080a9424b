import * as crypto from 'crypto';
import * as http from 'http';
import { REDSHIFT_DATA_LIMITS, RedshiftDataLimits } from './limits';
import { Operations } from './operations';
import { readBody } from './request-body';
import { ServiceError } from './service-error';
import { Statement } from './statement';
import { StatementEvent, statementEvent } from './statement-event';
import { StatementRunner } from './statement-runner';
import { validateInput } from './validate-input';
import { closeServer, listen, LOOPBACK } from '../../loopback';
import { SqlEngine } from '../engine/sql-engine';

/** The services that the Data API uses. */
export interface RedshiftDataContext {
  readonly region: string;
  readonly accountId: string;
  /** Finds the ARN of a caller by access key ID. Throws if the key is unknown. */
  roleOf(accessKeyId: string): string;
  putEvent(event: StatementEvent): void;
}

/** Options of the Data API. */
export interface RedshiftDataOptions {
  readonly engine: SqlEngine;
  /** @default 0 - any free port */
  readonly port?: number;
  /** @default 1000 */
  readonly pageRows?: number;
  /** @default 1048576 */
  readonly pageBytes?: number;
  /** @default - the limits of AWS */
  readonly limits?: Partial<RedshiftDataLimits>;
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number;
}

/** A running Data API. */
export interface RedshiftData {
  readonly endpoint: string;
  /** Stops all statements and the server; the engine stays open. */
  close(): Promise<void>;
  /** All retained statements, newest first. */
  statements(): readonly Statement[];
}

const TARGET = 'RedshiftData.';

/** Starts the Redshift Data API on 127.0.0.1. */
export async function startRedshiftData(context: RedshiftDataContext, options: RedshiftDataOptions): Promise<RedshiftData> {
  const limits = { ...REDSHIFT_DATA_LIMITS, ...options.limits };
  const now = options.clock ?? Date.now;
  const runner = new StatementRunner({
    engine: options.engine,
    limits,
    now,
    onEnd: (statement) => {
      if (!statement.input.WithEvent) return;
      context.putEvent(statementEvent(statement, context.region, context.accountId, runner.expiresAt(statement)));
    },
  });
  const pageSize = { rows: options.pageRows ?? 1000, bytes: options.pageBytes ?? 1024 * 1024 };
  const operations = new Operations({ runner, limits, pageSize, now });
  const server = http.createServer((request, response) => void respond(request, response, context, operations));
  const port = await listen(server, options.port);
  return {
    endpoint: `http://${LOOPBACK}:${port}`,
    statements: () => runner.list(),
    close: async () => {
      // First, so that no waiting client receives a status that only the close of the server causes.
      await closeServer(server);
      await runner.close();
    },
  };
}

async function respond(
  request: http.IncomingMessage, response: http.ServerResponse, context: RedshiftDataContext, operations: Operations,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    send(response, 200, await responseBody(request, context, operations, gone.signal));
  } catch (error) {
    const known = error instanceof ServiceError ? error : new ServiceError('InternalServerException', String(error), {}, 500);
    send(response, known.status, JSON.stringify({ __type: known.type, message: known.message, Message: known.message, ...known.members }));
  }
}

async function responseBody(request: http.IncomingMessage, context: RedshiftDataContext, operations: Operations, gone: AbortSignal): Promise<string> {
  const target = String(request.headers['x-amz-target'] ?? '');
  const body = await readBody(request);
  if (!target.startsWith(TARGET)) throw new ServiceError('UnknownOperationException', `The header X-Amz-Target is invalid: "${target}": use an operation of the Redshift Data API.`);
  const operation = target.slice(TARGET.length);
  if (!operations.has(operation)) throw new ServiceError('UnknownOperationException', `${operation} is not supported by the local AWS.`);
  const principal = principalOf(request, context);
  operations.throttle(operation);
  const input = parse(body);
  validateInput(operation, input);
  return operations.respond(operation, input, principal, gone);
}

function principalOf(request: http.IncomingMessage, context: RedshiftDataContext): string {
  const [, accessKeyId] = /\bCredential=([^/,\s]+)\//.exec(request.headers.authorization ?? '') ?? [];
  if (accessKeyId === undefined) throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', {}, 403);
  try {
    return context.roleOf(accessKeyId);
  } catch {
    throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.', {}, 403);
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch {
    throw new ServiceError('SerializationException', 'The request body isn\'t valid JSON.');
  }
}

function send(response: http.ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1', 'x-amzn-RequestId': crypto.randomUUID() });
  response.end(body);
}
