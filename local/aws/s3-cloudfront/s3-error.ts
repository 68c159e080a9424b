import type { ServerResponse } from 'node:http';
import { AwsError } from '../http';

/** Error codes that differ in S3 and in the JSON protocols. */
const S3_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidAccessKeyId',
};

/** Sends an error in the format of S3. */
export function respondS3Error(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { code, message, statusCode } = error instanceof AwsError
    ? error
    : new AwsError('InternalError', error instanceof Error ? error.message : String(error), 500);
  const body = s3ErrorXml(S3_CODES[code] ?? code, message);
  response.writeHead(statusCode, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

export function s3ErrorXml(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message></Error>`;
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
