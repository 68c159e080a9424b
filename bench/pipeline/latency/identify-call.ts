import type { IncomingMessage } from 'node:http';
import type { Service } from './latencies';

/** The service and operation of a call. */
export interface IdentifiedCall {
  readonly service: Service;
  readonly operation: string;
}

const TARGETS: Readonly<Record<string, Service>> = {
  DynamoDB_20120810: 'dynamodb',
  RedshiftData: 'redshift-data',
  AmazonSQS: 'sqs',
  AmazonSSM: 'parameter-store',
};
const CONNECTION_OPERATIONS: Readonly<Record<string, string>> = { POST: 'PostToConnection', GET: 'GetConnection', DELETE: 'DeleteConnection' };

export function identifyCall({ headers, method = '', url = '' }: IncomingMessage): IdentifiedCall {
  const [prefix, operation] = String(headers['x-amz-target'] ?? '').split('.');
  if (operation !== undefined) {
    return { service: TARGETS[prefix] ?? unknown(prefix), operation };
  }
  return url.includes('/@connections/')
    ? { service: 'connections', operation: CONNECTION_OPERATIONS[method] ?? unknown(method) }
    : { service: 's3', operation: method === 'PUT' ? 'PutObject' : 'GetObject' };
}

/** The access key of the caller, from the signature. */
export function accessKeyOf({ headers: { authorization = '' } }: IncomingMessage): string {
  return /Credential=([^/,\s]+)\//.exec(authorization)?.[1] ?? '';
}

function unknown(name: string): never {
  throw new Error(`the benchmark doesn't know the latency of ${name}: add it to bench/pipeline/latency/identify-call.ts`);
}
