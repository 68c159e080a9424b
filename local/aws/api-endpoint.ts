import * as http from 'node:http';
import type { Callers } from './callers';
import { AwsError, respondError } from './http';
import { closeServer, listen, readBody } from '../loopback';
import { inputProblem } from '../service-models';
import type { ServiceModel } from '../service-models';
import type { Access, AccessRequest, Decision } from './iam/access-request';
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

/** A service behind the endpoint. */
export interface ApiService {
  /** AWS's model of its operations; those that are not in it the service refuses by itself. */
  readonly model: ServiceModel;
  /** The input of a call, as its model has it. */
  input(call: ApiCall): unknown;
  /** All that the caller must be allowed to do, for an input that fits the model. */
  access(call: ApiCall, input: any): readonly Access[];
  /** The error for what the caller may not do. */
  accessDenied(reason: string): AwsError;
  /** The error for an input that does not fit the model. */
  invalid(problem: string): AwsError;
  serve(call: ApiCall, response: http.ServerResponse): Promise<void> | void;
}

/** Judges one action of a caller. */
export type Judge = (request: AccessRequest) => Promise<Decision>;

const MANAGEMENT_API = 'ApiGatewayManagementApi';
const MANAGEMENT_OPERATIONS: Readonly<Record<string, string>> = { POST: 'PostToConnection', GET: 'GetConnection', DELETE: 'DeleteConnection' };
const S3 = 's3';

/** The one address at which the functions reach every AWS service, and so the one place that sees, checks and judges every call. */
export class ApiEndpoint {
  private readonly server = http.createServer((request, response) => {
    this.serve(request, response).catch((error) => {
      const respond = signedService(request) === S3 ? respondS3Error : respondError;
      respond(response, error);
    });
  });

  private readonly services = new Map<string, ApiService>();

  constructor(private readonly callers: Callers, private readonly telemetry: Telemetry, private readonly judge: Judge) {}

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
    const { service: name, operation } = nameCall(request);
    const service = this.services.get(name);
    if (service === undefined) {
      throw new AwsError('UnknownOperationException', `the local AWS has no service for ${name} ${operation}`);
    }
    const call = { service: name, operation, role: this.callers.roleOfRequest(request.headers.authorization), request, body };
    this.telemetry.trace({ kind: 'api-call', service: name, operation, role: call.role });
    if (Object.hasOwn(service.model.operations, operation)) {
      const input = service.input(call);
      this.refuseInvalid(service, call, input);
      await this.refuseForbidden(service, call, input);
    }
    await service.serve(call, response);
  }

  private refuseInvalid(service: ApiService, { service: name, operation, role }: ApiCall, input: unknown): void {
    const problem = inputProblem(service.model, operation, input);
    if (problem !== undefined) {
      this.telemetry.trace({ kind: 'invalid-call', service: name, operation, role, problem });
      this.telemetry.log(`${name} ${operation} of ${role} does not fit AWS's model: ${problem}`);
      throw service.invalid(problem);
    }
  }

  private async refuseForbidden(service: ApiService, call: ApiCall, input: unknown): Promise<void> {
    for (const access of service.access(call, input)) {
      const { allowed, reason } = await this.judge({ principal: call.role, ...access });
      if (!allowed) {
        this.telemetry.log(`${call.service} ${call.operation} was denied: ${reason}`);
        throw service.accessDenied(reason);
      }
    }
  }
}

/** The input of a service with a JSON protocol. */
export function jsonInput({ body }: ApiCall): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'the body of the request is not JSON');
  }
}

function nameCall(request: http.IncomingMessage): { service: string; operation: string } {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service, operation = ''] = target.split('.');
    return { service, operation };
  }
  if (request.url?.includes('/@connections/')) {
    const method = request.method ?? '';
    return { service: MANAGEMENT_API, operation: MANAGEMENT_OPERATIONS[method] ?? method };
  }
  const service = signedService(request) ?? 'an unnamed service';
  return { service, operation: service === S3 ? readS3Request(request).operation : `${request.method} ${request.url}` };
}

/** The signing scope names the service that the stock clients meant. */
function signedService({ headers }: http.IncomingMessage): string | undefined {
  return /Credential=[^,\s]*\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
}
