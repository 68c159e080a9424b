import { ConnectError, STATUS } from './authorization';
import type { ConnectAuthorizer } from './authorization';
import type { Callers } from '../callers';
import type { AccessRequest, Decision } from '../iam/access-request';
import { InvalidSignatureError, verifySignature } from '../iam/signature';
import type { StackEnvironment } from '../template/template';

const SERVICE = 'execute-api';

/**
 * IAM authorization: the request must be signed with Signature Version 4 by a caller with permission to invoke the API.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 */
export function iamAuthorizer(
  methodArn: string, callers: Callers, { region, accountId }: StackEnvironment, decide: (request: AccessRequest) => Promise<Decision>,
): ConnectAuthorizer {
  return async (_, { method = 'GET', url = '/', headers }) => {
    const request = { method, url, headers };
    const accessKeyId = await verifySignature(request, { region, service: SERVICE, credentialsOf: (id) => callers.credentialsOf(id) })
      .catch(throwConnectError);
    const { arn, userId } = callers.callerOf(accessKeyId);
    const { allowed, reason } = await decide({ principal: arn, action: 'execute-api:Invoke', resource: methodArn });
    if (!allowed) {
      throw new ConnectError(STATUS.forbidden, reason);
    }
    return { identity: { accountId, accessKey: accessKeyId, caller: userId, user: userId, userArn: arn } };
  };
}

function throwConnectError(error: unknown): never {
  throw error instanceof InvalidSignatureError ? new ConnectError(STATUS.forbidden, error.message) : error;
}
