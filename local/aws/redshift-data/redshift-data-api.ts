import { signInAccess } from './sign-in-access';
import type { ExecuteStatementInput } from './sign-in-access';
import { workgroupArn } from './workgroup-arn';
import { serviceModel } from '../../service-models';
import { jsonInput } from '../api-endpoint';
import type { ApiService } from '../api-endpoint';
import type { Forward } from '../forward';
import { AwsError } from '../http';
import type { Access } from '../iam/access-request';
import type { StackEnvironment } from '../template/template';

/** The Redshift Data API, which an emulation elsewhere on this machine answers for. */
export function redshiftDataApi(emulation: Forward, environment: StackEnvironment, secretKeys: Readonly<Record<string, string>>): ApiService {
  return {
    model: serviceModel('redshift-data'),
    input: jsonInput,
    access: ({ operation }, input) => operation === 'ExecuteStatement'
      ? executeAccess(input as ExecuteStatementInput, environment, secretKeys)
      // No other action knows a resource.
      : [{ action: `redshift-data:${operation}`, resource: '*' }],
    accessDenied: (reason) => new AwsError('AccessDeniedException', reason),
    invalid: (problem) => new AwsError('ValidationException', problem),
    serve: (call, response) => emulation.send(call, response),
  };
}

function executeAccess(input: ExecuteStatementInput, environment: StackEnvironment, secretKeys: Readonly<Record<string, string>>): Access[] {
  const { ClusterIdentifier: cluster, WorkgroupName: workgroup } = input;
  if ((cluster === undefined) === (workgroup === undefined)) {
    // The emulation refuses it.
    return [];
  }
  const { partition, region, accountId } = environment;
  const resource = workgroup === undefined ? `arn:${partition}:redshift:${region}:${accountId}:cluster:${cluster}` : workgroupArn(workgroup, environment);
  return [{ action: 'redshift-data:ExecuteStatement', resource }, ...signInAccess(input, environment, secretKeys)];
}
