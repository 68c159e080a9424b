import { Annotations, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { validateDatabaseName } from './database-user';
import type { DatabaseUser } from './database-user';
import type { RedshiftCluster } from './redshift-cluster';

/** Where the functions run statements, and as which user. */
export interface DatabaseConnection {
  readonly cluster: RedshiftCluster;
  readonly databaseName: string;
  readonly databaseUser: DatabaseUser;
}

/** The connection before its database is known. */
export interface DatabaseConnectionProps {
  readonly cluster: RedshiftCluster;
  readonly databaseName?: string;
  readonly databaseUser: DatabaseUser;
}

/** The connection, with the database of the endpoint by default. Throws if its parts don't fit together or don't fit the stack. */
export function validDatabaseConnection(scope: IConstruct, props: DatabaseConnectionProps): DatabaseConnection {
  const { cluster, databaseName = cluster.databaseName, databaseUser } = props;
  if (!databaseName) {
    throw new Error('databaseName is missing: name the database, or give an endpoint that ends in it, such as …:5439/dev');
  }
  if (databaseUser._secret === undefined) {
    validateDatabaseName(databaseName);
  }
  if (cluster.databaseName !== undefined && cluster.databaseName !== databaseName) {
    throw new Error(`databaseName is '${databaseName}', but the endpoint names the database '${cluster.databaseName}': omit one of them`);
  }
  if (cluster.workgroupName !== undefined && databaseUser._name !== undefined) {
    throw new Error(`the database user '${databaseUser._name}' is invalid for the Serverless workgroup '${cluster.workgroupName}', which has no credentials by user name: `
      + 'use DatabaseUser.iam() or DatabaseUser.secret()');
  }
  validateLocation(scope, cluster);
  return { cluster, databaseName, databaseUser };
}

function validateLocation(scope: IConstruct, { _region, _account }: RedshiftCluster): void {
  const { region, account } = Stack.of(scope);
  if (_region !== undefined && !Token.isUnresolved(region) && _region !== region) {
    throw new Error(`the cluster is in ${_region}, but the stack is in ${region}: the Redshift Data API reaches only its own Region, so deploy the stack there`);
  }
  if (_account !== undefined && !Token.isUnresolved(account) && _account !== account) {
    throw new Error(`the workgroup is in the account ${_account}, but the stack is in ${account}: the Redshift Data API reaches only its own account, `
      + 'so deploy the stack there');
  }
}

/** Warns if the ARN of the workgroup is unknown, because the functions then need permissions for all workgroups. */
export function warnAboutBroadPermission(scope: IConstruct, { cluster }: DatabaseConnection): void {
  if (cluster.workgroupName !== undefined && cluster.workgroupArn === undefined) {
    Annotations.of(scope).addWarningV2(
      'cdk-redshift-websocket-query:workgroupArn',
      `the ARN of the workgroup '${Token.isUnresolved(cluster.workgroupName) ? 'known at deployment' : cluster.workgroupName}' is unknown, so its functions can run `
      + 'statements on every workgroup of the account in this Region: use RedshiftCluster.fromWorkgroupArn()',
    );
  }
}
