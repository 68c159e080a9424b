import { randomUUID } from 'node:crypto';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SQSClient } from '@aws-sdk/client-sqs';
import definitions from 'redshift-websocket-query-definitions';
import { ApiGatewayConnections } from './api-gateway-connections';
import { MAXIMUM_ATTEMPTS, MAXIMUM_QUEUED_ATTEMPTS } from './client';
import { systemClock } from './clock';
import { queriesOf, setting } from './environment';
import { keepExactIntegers } from './exact-integers';
import { log } from './log';
import { RedshiftDataWarehouse } from './redshift-data-warehouse';
import { SqsQueue } from './sqs-queue';
import { tableStore } from './table';
import type { StatementSettings } from '../../function-settings';
import type { Services } from '../services';

/** The services of a function that touches statements, as its environment names them. */
export function statementServices(environment: NodeJS.ProcessEnv): Services {
  const maxAttempts = MAXIMUM_QUEUED_ATTEMPTS;
  const redshiftData = new RedshiftDataClient({ maxAttempts });
  keepExactIntegers(redshiftData);
  const connections = new ApiGatewayManagementApiClient({ maxAttempts, endpoint: setting(environment, 'CALLBACK_URL') });
  return {
    queries: queriesOf(definitions, environment),
    warehouse: new RedshiftDataWarehouse(redshiftData, statementSettings(environment)),
    store: tableStore(environment),
    connections: new ApiGatewayConnections(connections),
    queue: new SqsQueue(new SQSClient({ maxAttempts: MAXIMUM_ATTEMPTS }), setting(environment, 'QUEUE_URL')),
    clock: systemClock,
    log,
    newRunName: randomUUID,
  };
}

function statementSettings(environment: NodeJS.ProcessEnv): StatementSettings {
  return {
    TABLE_NAME: setting(environment, 'TABLE_NAME'),
    QUEUE_URL: setting(environment, 'QUEUE_URL'),
    CALLBACK_URL: setting(environment, 'CALLBACK_URL'),
    STATEMENT_NAME_PREFIX: setting(environment, 'STATEMENT_NAME_PREFIX'),
    DATABASE_NAME: setting(environment, 'DATABASE_NAME'),
    CLUSTER_IDENTIFIER: environment.CLUSTER_IDENTIFIER,
    WORKGROUP_NAME: environment.WORKGROUP_NAME,
    DATABASE_USER: environment.DATABASE_USER,
    SECRET_ARN: environment.SECRET_ARN,
  };
}
