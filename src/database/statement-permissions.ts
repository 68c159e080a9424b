import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import type { DatabaseConnection } from './database-connection';

/** Allows a role to authenticate to the database, run statements, fetch their results and cancel them. */
export function grantStatements(scope: IConstruct, role: iam.IRole, databaseConnection: DatabaseConnection): void {
  const allow = (actions: string[], resources: string[]) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
  allow(['redshift-data:ExecuteStatement'], [databaseConnection.cluster._statementArn(scope)]);
  // These actions support no resource; the Data API shows a statement only to the role that started it.
  allow(['redshift-data:DescribeStatement', 'redshift-data:GetStatementResult', 'redshift-data:CancelStatement'], ['*']);
  const secret = databaseConnection.databaseUser._secret;
  if (secret) {
    grantSecretValue(scope, role, secret);
  } else {
    allow(...credentialsPermission(scope, databaseConnection));
  }
}

/** Unlike `grantRead`, without the permission to describe the secret, and also for a key of another stack. */
function grantSecretValue(scope: IConstruct, role: iam.IRole, secret: ISecret): void {
  // The ARN of a secret known only by its name lacks the six characters that Secrets Manager adds.
  const resource = secret.secretFullArn ?? `${secret.secretArn}-??????`;
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [resource] }));
  if (secret.encryptionKey) {
    const { region, urlSuffix } = Stack.of(scope);
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      actions: ['kms:Decrypt'],
      resources: [secret.encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${urlSuffix}` } },
    }));
  }
}

/** Action and resources for temporary credentials of a database user or of the role itself. */
function credentialsPermission(scope: IConstruct, { cluster, databaseName, databaseUser }: DatabaseConnection): [string[], string[]] {
  if (cluster.clusterIdentifier === undefined) {
    return [['redshift-serverless:GetCredentials'], [cluster._statementArn(scope)]];
  }
  const database = clusterResource(scope, 'dbname', `${cluster.clusterIdentifier}/${databaseName}`);
  return databaseUser._name === undefined
    ? [['redshift:GetClusterCredentialsWithIAM'], [database]]
    : [['redshift:GetClusterCredentials'], [clusterResource(scope, 'dbuser', `${cluster.clusterIdentifier}/${databaseUser._name}`), database]];
}

function clusterResource(scope: IConstruct, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service: 'redshift', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
