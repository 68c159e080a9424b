import { randomUUID } from 'node:crypto';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import definitions from 'redshift-websocket-query-definitions';
import { allowedOriginsOf } from './allowed-origins';
import { ApiGatewayConnections } from './api-gateway-connections';
import { watchAttempts } from './attempts';
import { MAXIMUM_QUEUED_ATTEMPTS } from './client';
import { systemClock } from './clock';
import { callerIdentity, countSetting, listSetting, queriesOf, setting } from './environment';
import type { Environment } from './environment';
import { keepExactIntegers } from './exact-integers';
import { RedshiftDataWarehouse } from './redshift-data-warehouse';
import type { StatementTarget } from './redshift-data-warehouse';
import { tableServices } from './table-services';
import type { ConnectServices, MessageServices, Services } from '../services';

/** The services of OnMessage, as its environment names them. */
export function messageServices(environment: Environment): MessageServices {
  return {
    ...statementServices(environment),
    ...callerBound(environment),
    throttle: { messagesPerSecond: countSetting(environment, 'MESSAGES_PER_SECOND'), burst: countSetting(environment, 'MESSAGE_BURST') },
  };
}

/** The services of OnConnect, as its environment names them. */
export function connectServices(environment: Environment): ConnectServices {
  return {
    ...statementServices(environment),
    ...callerBound(environment),
    allowedOrigins: allowedOriginsOf(environment),
    credentialKeys: environment.CREDENTIAL_KEYS === undefined ? [] : listSetting(environment, 'CREDENTIAL_KEYS'),
  };
}

/** The services of a function that touches statements; a table may be given that it has already. */
export function statementServices(environment: Environment, table?: Parameters<typeof tableServices>[1]): Omit<Services, 'results'> {
  const maxAttempts = MAXIMUM_QUEUED_ATTEMPTS;
  const redshiftData = watchAttempts(new RedshiftDataClient({ maxAttempts }));
  keepExactIntegers(redshiftData);
  const connections = watchAttempts(new ApiGatewayManagementApiClient({ maxAttempts, endpoint: setting(environment, 'CALLBACK_URL') }));
  return {
    ...tableServices(environment, table),
    queries: queriesOf(definitions, environment),
    warehouse: new RedshiftDataWarehouse(redshiftData, statementTarget(environment)),
    connections: new ApiGatewayConnections(connections),
    clock: systemClock,
    newName: () => randomUUID(),
    maximumQueriesPerConnection: countSetting(environment, 'MAXIMUM_QUERIES_PER_CONNECTION'),
  };
}

function callerBound(environment: Environment): Pick<MessageServices, 'maximumQueriesPerCaller'> {
  return callerIdentity(environment) === undefined ? {} : { maximumQueriesPerCaller: countSetting(environment, 'MAXIMUM_QUERIES_PER_CALLER') };
}

function statementTarget(environment: Environment): StatementTarget {
  return {
    STATEMENT_NAME_PREFIX: setting(environment, 'STATEMENT_NAME_PREFIX'),
    DATABASE_NAME: setting(environment, 'DATABASE_NAME'),
    CLUSTER_IDENTIFIER: environment.CLUSTER_IDENTIFIER,
    WORKGROUP_NAME: environment.WORKGROUP_NAME,
    DATABASE_USER: environment.DATABASE_USER,
    SECRET_ARN: environment.SECRET_ARN,
  };
}
