import type { ServerResponse } from 'node:http';
import { AwsError } from '../http';

/** What S3 calls the errors that have another name in the services with a JSON protocol. */
const S3_CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidAccessKeyId',
};

/** Answers with an error in the shape that S3 uses. */
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

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
