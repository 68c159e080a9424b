import { randomUUID } from 'node:crypto';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { systemClock } from './clock';
import { readCount, readSetting } from './environment';
import type { Environment } from './environment';
import { createTableServices } from './table-services';
import { RecentRejections } from '../../model/recent-rejections';
import type { Services } from '../../model/services';
import type { StatementTarget } from '../../model/statement-target';
import { ApiGatewayConnections } from '../api-gateway-connections';
import { watchAttempts } from '../clients/attempts';
import { getClientOptions } from '../clients/client-options';
import { preserveExactIntegers } from '../clients/exact-integers';
import { RedshiftDataStatementApi } from '../redshift-data-statement-api';

/** Creates the services of a function that uses statements. The table can be shared. */
export function createStatementServices(environment: Environment, table?: Parameters<typeof createTableServices>[1]): Omit<Services, 'results' | 'deadLetters'> {
  const redshiftData = watchAttempts(new RedshiftDataClient(getClientOptions('redshiftData')));
  preserveExactIntegers(redshiftData);
  const connections = watchAttempts(new ApiGatewayManagementApiClient({ ...getClientOptions('connections'), endpoint: readSetting(environment, 'CALLBACK_URL') }));
  return {
    ...createTableServices(environment, table),
    target: readStatementTarget(environment),
    statementApi: new RedshiftDataStatementApi(redshiftData, readSetting(environment, 'STATEMENT_NAME_PREFIX')),
    connections: new ApiGatewayConnections(connections),
    clock: systemClock,
    newName: () => randomUUID(),
    maxQueriesPerConnection: readCount(environment, 'MAX_QUERIES_PER_CONNECTION'),
    recentRejections: new RecentRejections(systemClock),
  };
}

function readStatementTarget(environment: Environment): StatementTarget {
  const { CLUSTER_IDENTIFIER, WORKGROUP_NAME, DATABASE_USER, SECRET_ARN } = environment;
  return {
    databaseName: readSetting(environment, 'DATABASE_NAME'),
    ...(CLUSTER_IDENTIFIER === undefined ? {} : { clusterIdentifier: CLUSTER_IDENTIFIER }),
    ...(WORKGROUP_NAME === undefined ? {} : { workgroupName: WORKGROUP_NAME }),
    ...(DATABASE_USER === undefined ? {} : { databaseUser: DATABASE_USER }),
    ...(SECRET_ARN === undefined ? {} : { secretArn: SECRET_ARN }),
  };
}
