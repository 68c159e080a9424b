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

/** A call of an AWS API. */
export interface ApiCall {
  readonly service: string;
  readonly operation: string;
  /** The assumed-role ARN of the caller. */
  readonly role: string;
  readonly request: http.IncomingMessage;
  readonly body: Buffer;
}

/** A service of the endpoint. */
export interface ApiService {
  /** Model of the supported operations. The service rejects all others. */
  readonly model: ServiceModel;
  /** Parses the input of a call. */
  input(call: ApiCall): unknown;
  /** The permissions that a call with a valid input requires. */
  access(call: ApiCall, input: any): readonly Access[];
  /** The error when the caller lacks a permission. */
  accessDenied(reason: string): AwsError;
  /** The error when the input is invalid. */
  invalid(problem: string): AwsError;
  serve(call: ApiCall, response: http.ServerResponse): Promise<void> | void;
}

/** Evaluates the policies for a request. */
export type Authorize = (request: AccessRequest) => Promise<Decision>;

const MANAGEMENT_API = 'ApiGatewayManagementApi';
const MANAGEMENT_OPERATIONS: Readonly<Record<string, string>> = { POST: 'PostToConnection', GET: 'GetConnection', DELETE: 'DeleteConnection' };
const S3 = 's3';

/** The endpoint of all AWS APIs. Checks the input and the permissions of each call. */
export class ApiEndpoint {
  private readonly server = http.createServer((request, response) => {
    this.serve(request, response).catch((error) => {
      const respond = signedService(request) === S3 ? respondS3Error : respondError;
      respond(response, error);
    });
  });

  private readonly services = new Map<string, ApiService>();

  constructor(private readonly callers: Callers, private readonly telemetry: Telemetry, private readonly authorize: Authorize) {}

  /** Registers a service by the prefix of its X-Amz-Target header. */
  public add(targetPrefix: string, service: ApiService): void {
    this.services.set(targetPrefix, service);
  }

  /** Registers the API Gateway Management API, which is identified by its path. */
  public addManagementApi(service: ApiService): void {
    this.services.set(MANAGEMENT_API, service);
  }

  /** Registers S3, which is identified by the service in the signature. */
  public addS3(service: ApiService): void {
    this.services.set(S3, service);
  }

  public async listen(): Promise<number> {
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
      throw new AwsError('UnknownOperationException', `${name} ${operation} is not supported by the local AWS`);
    }
    const call = { service: name, operation, role: this.callers.roleOfRequest(request.headers.authorization), request, body };
    this.telemetry.trace({ kind: 'api-call', service: name, operation, role: call.role });
    if (Object.hasOwn(service.model.operations, operation)) {
      const input = service.input(call);
      this.checkInput(service, call, input);
      await this.checkAccess(service, call, input);
    }
    await service.serve(call, response);
  }

  private checkInput(service: ApiService, { service: name, operation, role }: ApiCall, input: unknown): void {
    const problem = inputProblem(service.model, operation, input);
    if (problem !== undefined) {
      this.telemetry.trace({ kind: 'invalid-call', service: name, operation, role, problem });
      this.telemetry.log(`${name} ${operation}, called by ${role}, has an invalid input: ${problem}`);
      throw service.invalid(problem);
    }
  }

  private async checkAccess(service: ApiService, call: ApiCall, input: unknown): Promise<void> {
    for (const access of service.access(call, input)) {
      const { allowed, reason } = await this.authorize({ principal: call.role, ...access });
      if (!allowed) {
        this.telemetry.log(`${call.service} ${call.operation} is denied: ${reason}`);
        throw service.accessDenied(reason);
      }
    }
  }
}

/** Parses the input of a service with a JSON protocol. */
export function jsonInput({ body }: ApiCall): unknown {
  try {
    return JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The request body isn\'t valid JSON.');
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
  const service = signedService(request) ?? 'unknown service';
  return { service, operation: service === S3 ? readS3Request(request).operation : `${request.method} ${request.url}` };
}

/** The credential scope of the signature names the service. */
function signedService({ headers }: http.IncomingMessage): string | undefined {
  return /Credential=[^,\s]*\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
}
