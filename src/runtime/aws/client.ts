import { ServiceBusy } from '../ports';

/** The SDK then waits out a throttle of several seconds inside one call, and still leaves time in the 29 seconds of API Gateway. */
export const MAXIMUM_ATTEMPTS = 6;

/** For calls that the queue repeats: it waits longer, and holds no function meanwhile. */
export const MAXIMUM_QUEUED_ATTEMPTS = 3;

const BUSY_ERRORS = new Set([
  'ActiveSessionsExceededException',
  'ActiveStatementsExceededException',
  'ActiveWaitingRequestsExceededException',
  'InternalServerError',
  'InternalServerException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
]);

const BUSY_NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** Makes one call, and turns an error that passes by itself into ServiceBusy. */
export async function call<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw isBusy(error) ? new ServiceBusy(`${errorName(error)}: ${(error as Error).message}`) : error;
  }
}

export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

function isBusy(error: unknown): boolean {
  const { name, code, $metadata } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } };
  return BUSY_ERRORS.has(name ?? '') || BUSY_NETWORK_CODES.has(code ?? '') || ($metadata?.httpStatusCode ?? 0) >= 500;
}
