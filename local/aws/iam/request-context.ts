import type { AccessRequest } from './access-request';
import type { RolePolicies } from './role-policies';
import type { StackEnvironment } from '../template/template';

/** Supported condition keys, in lower case. */
export const CONDITION_KEYS: readonly string[] = [
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:userid',
  'aws:viaawsservice',
  'dynamodb:leadingkeys',
  // The encryption context is never set, so policies that require it deny. Only CloudWatch Logs, which is not emulated, uses it.
  'kms:encryptioncontext:aws:logs:arn',
  'kms:viaservice',
  'lambda:sourcefunctionarn',
  'redshift:dbname',
  'redshift:dbuser',
];

/** Returns the condition keys of a request. */
export function requestContext(
  request: AccessRequest, caller: RolePolicies | undefined, environment: StackEnvironment,
): Record<string, string | string[]> {
  const { principal, context } = request;
  const { accountId, region } = environment;
  return {
    // The local endpoints use HTTP on the loopback interface instead of HTTPS.
    'aws:SecureTransport': 'true',
    'aws:RequestedRegion': region,
    'aws:ResourceAccount': accountId,
    'aws:ViaAWSService': 'false',
    ...isService(principal) ? { 'aws:PrincipalIsAWSService': 'true', 'aws:SourceAccount': accountId } : {
      'aws:PrincipalIsAWSService': 'false',
      'aws:PrincipalAccount': accountId,
      'aws:PrincipalType': isUser(principal) ? 'User' : 'AssumedRole',
      ...caller === undefined ? {} : {
        'aws:PrincipalArn': caller.arn,
        'aws:userid': isUser(principal) ? caller.id : `${caller.id}:${principal.split('/').pop()}`,
      },
    },
    ...context as Record<string, string | string[]>,
  };
}

/** Whether a principal is an IAM user. */
export function isUser(principal: string): boolean {
  return /^arn:[^:]+:iam::\d+:user\//.test(principal);
}

/** Whether a principal is an AWS service. */
export function isService(principal: string): boolean {
  return /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(principal);
}
