import * as http from 'node:http';
import type { Callers } from './callers';
import { AwsError, respondError } from './http';
import { closeServer, listen, readBody } from '../loopback';
import { respondS3Error } from './s3-cloudfront/s3-error';
import { readS3Request } from './s3-cloudfront/s3-request';
import type { Telemetry } from './telemetry';

/** A call of an AWS API, by a function of the stack. */
export interface ApiCall {
  readonly service: string;
  readonly operation: string;
  /** The assumed-role ARN of the caller. */
  readonly role: string;
  readonly request: http.IncomingMessage;
  readonly body: Buffer;
}

export type ApiService = (call: ApiCall, response: http.ServerResponse) => Promise<void> | void;

/** Decides whether a call may be made; throws an AwsError when it may not. */
export type ApiJudge = (call: ApiCall) => void;

const MANAGEMENT_API = 'ApiGatewayManagementApi';
const S3 = 's3';

/** The one address at which the functions reach every AWS service, and so the one place that sees every call. */
export class ApiEndpoint {
  private readonly server = http.createServer((request, response) => {
    this.serve(request, response).catch((error) => {
      const respond = signedService(request) === S3 ? respondS3Error : respondError;
      respond(response, error);
    });
  });

  private readonly services = new Map<string, ApiService>();

  constructor(private readonly callers: Callers, private readonly telemetry: Telemetry, private readonly judge: ApiJudge) {}

  /** Registers a service under the first part of its X-Amz-Target header. */
  public add(targetPrefix: string, service: ApiService): void {
    this.services.set(targetPrefix, service);
  }

  /** Registers the management API of WebSocket APIs, which is told by its path. */
  public addManagementApi(service: ApiService): void {
    this.services.set(MANAGEMENT_API, service);
  }

  /** Registers S3, which is told by the service that a request is signed for. */
  public addS3(service: ApiService): void {
    this.services.set(S3, service);
  }

  public async listen(): Promise<number> {
    // A function may be idle for long, and then use the connection that it has.
    this.server.keepAliveTimeout = 0;
    return listen(this.server);
  }

  public async close(): Promise<void> {
    await closeServer(this.server);
  }

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { service, operation } = nameCall(request);
    const handle = this.services.get(service);
    if (handle === undefined) {
      throw new AwsError('UnknownOperationException', `the local AWS has no service for ${service} ${operation}`);
    }
    const call = { service, operation, role: this.callers.roleOfRequest(request.headers.authorization), request, body };
    this.telemetry.trace({ kind: 'api-call', service, operation, role: call.role });
    this.judge(call);
    await handle(call, response);
  }
}

function nameCall(request: http.IncomingMessage): { service: string; operation: string } {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service, operation = ''] = target.split('.');
    return { service, operation };
  }
  if (request.url?.includes('/@connections/')) {
    return { service: MANAGEMENT_API, operation: `${request.method}` };
  }
  const service = signedService(request) ?? 'an unnamed service';
  return { service, operation: service === S3 ? readS3Request(request).operation : `${request.method} ${request.url}` };
}

/** The signing scope names the service that the stock clients meant. */
function signedService({ headers }: http.IncomingMessage): string | undefined {
  return /Credential=[^,\s]*\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
}
