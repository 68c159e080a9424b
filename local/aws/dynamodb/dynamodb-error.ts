import type { ServerResponse } from 'node:http';
import { AwsError, respondError, respondJson } from '../http';

/** An error response of DynamoDB, with its members besides the message. */
export class DynamoDbError extends AwsError {
  constructor(code: string, message: string, public readonly members: Readonly<Record<string, unknown>> = {}) {
    super(code, message);
  }
}

export function respondDynamoDbError(response: ServerResponse, error: unknown): void {
  if (error instanceof DynamoDbError) {
    const { code, message, members, statusCode } = error;
    respondJson(response, statusCode, { __type: `com.amazonaws.dynamodb.v20120810#${code}`, Message: message, ...members });
  } else {
    respondError(response, error);
  }
}
