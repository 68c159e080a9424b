import { workgroupArn } from './workgroup-arn';
import type { Access } from '../iam/access-request';
import type { StackEnvironment } from '../template/template';

/** The members of ExecuteStatement that identify the database and its user. */
export interface ExecuteStatementInput {
  readonly ClusterIdentifier?: string;
  readonly WorkgroupName?: string;
  readonly Database?: string;
  readonly DbUser?: string;
  readonly SecretArn?: string;
}

/** Secrets Manager adds a hyphen and six characters to the ARN of each secret. */
const SECRET_SUFFIX = '-l0ca1s';

/**
 * Permissions that the caller requires so that the Data API can authenticate to the database.
 * @param secretKeys customer managed KMS keys of secrets, by the name or ARN of the secret
 * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html
 */
export function databaseCredentialsAccess(
  input: ExecuteStatementInput, environment: StackEnvironment, secretKeys: Readonly<Record<string, string>>,
): Access[] {
  const { ClusterIdentifier: cluster, WorkgroupName: workgroup, Database: database = '', DbUser: user, SecretArn: secret } = input;
  const { partition, region, accountId, urlSuffix } = environment;
  if (secret !== undefined) {
    const key = secretKeys[secret];
    const arn = secret.startsWith('arn:') ? secret : `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${secret}${SECRET_SUFFIX}`;
    return [
      { action: 'secretsmanager:GetSecretValue', resource: arn, context: { 'aws:ViaAWSService': 'true' } },
      ...key === undefined ? [] : [{ action: 'kms:Decrypt', resource: key, context: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}`, 'aws:ViaAWSService': 'true' } }],
    ];
  }
  if (workgroup !== undefined) {
    return [{ action: 'redshift-serverless:GetCredentials', resource: workgroupArn(workgroup, environment) }];
  }
  const redshift = (type: string, name: string) => `arn:${partition}:redshift:${region}:${accountId}:${type}:${cluster}/${name}`;
  const context = { 'redshift:DbName': database };
  if (user === undefined) {
    return [{ action: 'redshift:GetClusterCredentialsWithIAM', resource: redshift('dbname', database), context }];
  }
  return [redshift('dbuser', user), redshift('dbname', database)]
    .map((resource) => ({ action: 'redshift:GetClusterCredentials', resource, context: { ...context, 'redshift:DbUser': user } }));
}
