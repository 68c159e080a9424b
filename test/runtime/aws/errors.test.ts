import { isBusy, isThrottle } from '../../../src/runtime/aws/clients/errors';

function failing(properties: object): Error {
  return Object.assign(new Error('no'), properties);
}

describe('isThrottle', () => {
  it.each([
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
    'TransactionConflictException',
  ])('returns true for %s, which a service returns before the call has an effect', (name) => {
    expect(isThrottle(failing({ name }))).toBe(true);
  });

  it('returns true for status 429, whatever the name', () => {
    expect(isThrottle(failing({ name: 'Unknown', $metadata: { httpStatusCode: 429 } }))).toBe(true);
  });

  it.each([
    'ActiveWaitingRequestsExceededException',
    'InternalServerException',
    'TimeoutError',
    'TransactionInProgressException',
    'ValidationException',
  ])('returns false for %s', (name) => {
    expect(isThrottle(failing({ name, $metadata: { httpStatusCode: 400 } }))).toBe(false);
  });
});

describe('isBusy', () => {
  it.each([
    'ActiveWaitingRequestsExceededException',
    'InternalFailure',
    'InternalServerError',
    'InternalServerException',
    'QueryTimeoutException',
    'RequestTimeout',
    'RequestTimeoutException',
    'ServiceUnavailable',
    'TimeoutError',
    'TransactionInProgressException',
  ])('returns true for %s, after which the call can succeed', (name) => {
    expect(isBusy(failing({ name }))).toBe(true);
  });

  it.each([
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EPIPE',
    'ETIMEDOUT',
  ])('returns true for the network error %s, after which the call can succeed', (code) => {
    expect(isBusy(failing({ code }))).toBe(true);
  });

  it.each([[true, 500], [true, 503], [false, 400], [false, 404]])('returns %s for status %d', (busy, httpStatusCode) => {
    expect(isBusy(failing({ name: 'Unknown', $metadata: { httpStatusCode } }))).toBe(busy);
  });
});
