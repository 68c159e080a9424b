/** Errors that a service returns before the call has any effect. */
const THROTTLES = new Set([
  'ActiveSessionsExceededException',
  'ActiveStatementsExceededException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  // A transaction was writing the item of a single write.
  'TransactionConflictException',
]);

const BUSY_ERRORS = new Set([
  'AbortError',
  // A rejected wait may have started its statement.
  'ActiveWaitingRequestsExceededException',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'QueryTimeoutException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'TimeoutError',
  // An earlier attempt of the same transaction may still have effect.
  'TransactionInProgressException',
]);

const BUSY_NETWORK_CODES = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const TOO_MANY_REQUESTS = 429;

export function getErrorName(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}

/** Whether a service rejected the call temporarily, without effect. */
export function isThrottle(error: unknown): boolean {
  return THROTTLES.has(getErrorName(error)) || getStatus(error) === TOO_MANY_REQUESTS;
}

/** Whether a service failed temporarily or was unreachable. The call may have had effect. */
export function isBusy(error: unknown): boolean {
  const { code = '' } = error as { code?: string };
  return BUSY_ERRORS.has(getErrorName(error)) || BUSY_NETWORK_CODES.has(code) || getStatus(error) >= 500;
}

function getStatus(error: unknown): number {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;
}
