import { randomUUID } from 'node:crypto';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { ApiGatewayConnections } from '../api-gateway-connections';
import { systemClock } from './clock';
import { countSetting, setting } from './environment';
import type { Environment } from './environment';
import type { Services } from '../../model/services';
import { keepExactIntegers } from '../clients/exact-integers';
import { RedshiftDataStatementApi } from '../redshift-data-statement-api';
import { tableServices } from './table-services';
import type { StatementTarget } from '../../model/statement-target';
import { watchAttempts } from '../clients/attempts';
import { clientOptions } from '../clients/client-options';

/** Creates the services of a function that uses statements. The table can be shared. */
export function statementServices(environment: Environment, table?: Parameters<typeof tableServices>[1]): Omit<Services, 'results' | 'deadLetters'> {
  const redshiftData = watchAttempts(new RedshiftDataClient(clientOptions('redshiftData')));
  keepExactIntegers(redshiftData);
  const connections = watchAttempts(new ApiGatewayManagementApiClient({ ...clientOptions('connections'), endpoint: setting(environment, 'CALLBACK_URL') }));
  return {
    ...tableServices(environment, table),
    target: statementTarget(environment),
    statementApi: new RedshiftDataStatementApi(redshiftData, setting(environment, 'STATEMENT_NAME_PREFIX')),
    connections: new ApiGatewayConnections(connections),
    clock: systemClock,
    newName: () => randomUUID(),
    maxQueriesPerConnection: countSetting(environment, 'MAX_QUERIES_PER_CONNECTION'),
  };
}

function statementTarget(environment: Environment): StatementTarget {
  const { CLUSTER_IDENTIFIER, WORKGROUP_NAME, DATABASE_USER, SECRET_ARN } = environment;
  return {
    databaseName: setting(environment, 'DATABASE_NAME'),
    ...(CLUSTER_IDENTIFIER === undefined ? {} : { clusterIdentifier: CLUSTER_IDENTIFIER }),
    ...(WORKGROUP_NAME === undefined ? {} : { workgroupName: WORKGROUP_NAME }),
    ...(DATABASE_USER === undefined ? {} : { databaseUser: DATABASE_USER }),
    ...(SECRET_ARN === undefined ? {} : { secretArn: SECRET_ARN }),
  };
}
