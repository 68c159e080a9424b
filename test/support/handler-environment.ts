import * as management from '@aws-sdk/client-apigatewaymanagementapi';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as redshiftData from '@aws-sdk/client-redshift-data';
import * as s3 from '@aws-sdk/client-s3';
import * as sqs from '@aws-sdk/client-sqs';
import * as libDynamodb from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import type { QueryDefinitions } from '../../src/shared/query-definitions';

const LIMITS = { timeoutSeconds: 900, reconnectGraceSeconds: 60, resultReuseSeconds: 0, resultRetentionSeconds: 3600 };

/** What the layer of the functions holds. */
export const DEFINITIONS: QueryDefinitions = {
  default: {
    sql: { inline: 'SELECT :trip_month' },
    parameters: { trip_month: { kind: 'string', minLength: 1, maxLength: 7 } },
    ...LIMITS,
  },
  listed: {
    sql: { inline: 'SELECT :name WHERE zone IN (:zones)' },
    parameters: {
      name: { kind: 'string', minLength: 0, maxLength: 7, optional: true },
      zones: { kind: 'list', item: { kind: 'string', minLength: 0, maxLength: 7 }, minItems: 1, maxItems: 3 },
    },
    ...LIMITS,
  },
  own: {
    sql: { inline: 'SELECT :tenant' },
    parameters: { tenant: { kind: 'string', minLength: 1, maxLength: 20, claim: 'tenant_id' } },
    ...LIMITS,
  },
  deployed: { sql: { environmentVariable: 'SQL_1' }, parameters: {}, ...LIMITS },
};

/** What Lambda gives every function. */
const LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
};

/** The environment of OnDisconnect. */
export const TABLE_ENVIRONMENT = {
  ...LAMBDA,
  TABLE_NAME: 'table',
  QUEUE_URL: 'http://127.0.0.1/queue',
};

const COMMON = {
  ...TABLE_ENVIRONMENT,
  CALLBACK_URL: 'http://127.0.0.1/callback',
  STATEMENT_NAME_PREFIX: 'Stack/c8/',
  DATABASE_NAME: 'dev',
  MAX_QUERIES_PER_CONNECTION: '20',
  MESSAGES_PER_SECOND: '1000',
  MESSAGE_BURST: '2000',
  INLINE_WAIT_SECONDS: '1',
  RESULT_BUCKET_NAME: 'results',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1/dead-letters',
  SQL_1: 'SELECT 1 FROM deployed',
};

/** The variables that a function also has when callers have tokens. */
export const CALLER_ENVIRONMENT = {
  CALLER_IDENTITY: 'token',
  MAX_QUERIES_PER_CALLER: '100',
  ALLOWED_ORIGINS: '["https://example.com"]',
  CREDENTIAL_KEYS: '["token"]',
};

/** The environments of a function that handles statements, and the connection fields that each must send to the Data API. */
export const STATEMENT_TARGETS = [
  {
    name: 'a cluster and a named user',
    environment: { ...COMMON, CLUSTER_IDENTIFIER: 'analytics', DATABASE_USER: 'awsuser' },
    target: { ClusterIdentifier: 'analytics', Database: 'dev', DbUser: 'awsuser', WorkgroupName: undefined, SecretArn: undefined },
  },
  {
    name: 'a cluster and a secret',
    environment: { ...COMMON, CLUSTER_IDENTIFIER: 'analytics', SECRET_ARN: 'arn:secret' },
    target: { ClusterIdentifier: 'analytics', Database: 'dev', DbUser: undefined, WorkgroupName: undefined, SecretArn: 'arn:secret' },
  },
  {
    name: 'a Serverless workgroup',
    environment: { ...COMMON, WORKGROUP_NAME: 'analytics' },
    target: { ClusterIdentifier: undefined, Database: 'dev', DbUser: undefined, WorkgroupName: 'analytics', SecretArn: undefined },
  },
];

type Handler = (event: unknown, context?: unknown) => Promise<any>;

/** Loads the entry of a function as Lambda would, with its environment and its layer, on mocked SDK clients but for the table and the bucket. */
export function loadFunction(entry: string, environment: Record<string, string>) {
  process.env = { ...environment };
  let loaded: ReturnType<typeof requireAll> | undefined;
  jest.isolateModules(() => {
    loaded = requireAll(entry);
  });
  return loaded!;
}

/** Loading the AWS SDK takes long: a function gets classes of its own, to be mocked, of the SDK that is loaded once. */
function requireAll(entry: string) {
  class RedshiftDataClient extends redshiftData.RedshiftDataClient {}
  class ApiGatewayManagementApiClient extends management.ApiGatewayManagementApiClient {}
  class SQSClient extends sqs.SQSClient {}
  const modules = {
    'redshift-websocket-query-definitions': { default: DEFINITIONS },
    '@aws-sdk/client-redshift-data': { ...redshiftData, RedshiftDataClient },
    '@aws-sdk/client-apigatewaymanagementapi': { ...management, ApiGatewayManagementApiClient },
    '@aws-sdk/client-sqs': { ...sqs, SQSClient },
    '@aws-sdk/client-dynamodb': dynamodb,
    '@aws-sdk/client-s3': s3,
    '@aws-sdk/lib-dynamodb': libDynamodb,
  };
  Object.entries(modules).forEach(([name, module]) => jest.doMock(name, () => ({ __esModule: true, ...module }), { virtual: name === 'redshift-websocket-query-definitions' }));
  return {
    ...redshiftData,
    ...management,
    ...sqs,
    statementApi: mockClient(RedshiftDataClient).on(redshiftData.ExecuteStatementCommand).resolves({ Id: 's1' }),
    connections: mockClient(ApiGatewayManagementApiClient).onAnyCommand().resolves({}),
    queue: mockClient(SQSClient).onAnyCommand().resolves({}),
    handler: jest.requireActual<{ handler: Handler }>(`../../src/functions/${entry}.lambda`).handler,
  };
}
