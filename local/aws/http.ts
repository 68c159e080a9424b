import type { ServerResponse } from 'node:http';

/** An error response of an AWS service. The AWS SDK throws an error with this code as its name. */
export class AwsError extends Error {
  constructor(public readonly code: string, message: string, public readonly statusCode = 400, public readonly queryCode?: string) {
    super(message);
    this.name = code;
  }
}

export function respondJson(response: ServerResponse, statusCode: number, body: unknown, headers: Record<string, string> = {}): void {
  const json = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(json), ...headers });
  response.end(json);
}

/** Sends an error in the format of the JSON protocols of AWS. */
export function respondError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { code, message, statusCode, queryCode } = error instanceof AwsError
    ? error
    : new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
  respondJson(response, statusCode, { __type: code, message }, {
    'x-amzn-errortype': code,
    ...queryCode === undefined ? {} : { 'x-amzn-query-error': `${queryCode};Sender` },
  });
}
