import type { AccessRequest } from './access-request';
import type { RolePolicies } from './role-policies';
import type { StackEnvironment } from '../template/template';

/** Every condition key that some request of the local AWS has, in lower case; a policy that asks for another one cannot be judged. */
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
  // The simulator knows no encryption context: what a policy allows by it alone is denied here. Only CloudWatch Logs asks for it, which is not emulated.
  'kms:encryptioncontext:aws:logs:arn',
  'kms:viaservice',
  'lambda:sourcefunctionarn',
  'redshift:dbname',
  'redshift:dbuser',
];

/** The condition keys of a request, and their values. */
export function requestContext(
  request: AccessRequest, caller: RolePolicies | undefined, environment: StackEnvironment,
): Record<string, string | string[]> {
  const { principal, context } = request;
  const { accountId, region } = environment;
  return {
    // The local addresses are plain HTTP in place of the HTTPS of AWS; they never leave this machine.
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

/** Whether a principal is a user, and no role. */
export function isUser(principal: string): boolean {
  return /^arn:[^:]+:iam::\d+:user\//.test(principal);
}

/** Whether a principal is a service of AWS, and no role. */
export function isService(principal: string): boolean {
  return /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(principal);
}
