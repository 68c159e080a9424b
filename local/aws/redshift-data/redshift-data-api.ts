import { databaseCredentialsAccess } from './database-credentials-access';
import type { ExecuteStatementInput } from './database-credentials-access';
import { workgroupArn } from './workgroup-arn';
import { serviceModel } from '../../service-models';
import { jsonInput } from '../api-endpoint';
import type { ApiService } from '../api-endpoint';
import type { Forward } from '../forward';
import { AwsError } from '../http';
import type { Access } from '../iam/access-request';
import type { StackEnvironment } from '../template/template';

/** The Redshift Data API, which forwards calls to the emulation. */
export function redshiftDataApi(emulation: Forward, environment: StackEnvironment, secretKeys: Readonly<Record<string, string>>): ApiService {
  return {
    model: serviceModel('redshift-data'),
    input: jsonInput,
    access: ({ operation }, input) => operation === 'ExecuteStatement'
      ? executeAccess(input as ExecuteStatementInput, environment, secretKeys)
      // The other actions don't support resources.
      : [{ action: `redshift-data:${operation}`, resource: '*' }],
    accessDenied: (reason) => new AwsError('AccessDeniedException', reason),
    invalid: (problem) => new AwsError('ValidationException', problem),
    serve: (call, response) => emulation.send(call, response),
  };
}

function executeAccess(input: ExecuteStatementInput, environment: StackEnvironment, secretKeys: Readonly<Record<string, string>>): Access[] {
  const { ClusterIdentifier: cluster, WorkgroupName: workgroup } = input;
  if ((cluster === undefined) === (workgroup === undefined)) {
    // The emulation rejects the input.
    return [];
  }
  const { partition, region, accountId } = environment;
  const resource = workgroup === undefined ? `arn:${partition}:redshift:${region}:${accountId}:cluster:${cluster}` : workgroupArn(workgroup, environment);
  return [{ action: 'redshift-data:ExecuteStatement', resource }, ...databaseCredentialsAccess(input, environment, secretKeys)];
}
