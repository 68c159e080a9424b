/** A bundled function, and the AWS SDK clients that it needs. */
export interface BundledFunction {
  /** The file in `src/functions/`, without `.lambda.ts`. */
  readonly name: string;
  readonly clients: readonly Client[];
}

/** The packages of the clients, by their class. */
export const CLIENTS = {
  ApiGatewayManagementApiClient: '@aws-sdk/client-apigatewaymanagementapi',
  DynamoDBClient: '@aws-sdk/client-dynamodb',
  RedshiftDataClient: '@aws-sdk/client-redshift-data',
  S3Client: '@aws-sdk/client-s3',
  SQSClient: '@aws-sdk/client-sqs',
} as const;

export type Client = keyof typeof CLIENTS;

const TABLE_CLIENTS: readonly Client[] = ['DynamoDBClient', 'SQSClient'];
const STATEMENT_CLIENTS: readonly Client[] = [...TABLE_CLIENTS, 'ApiGatewayManagementApiClient', 'RedshiftDataClient'];

export const FUNCTIONS: readonly BundledFunction[] = [
  { name: 'on-connect', clients: STATEMENT_CLIENTS },
  { name: 'on-message', clients: STATEMENT_CLIENTS },
  { name: 'send-message', clients: [...STATEMENT_CLIENTS, 'S3Client'] },
  { name: 'on-disconnect', clients: TABLE_CLIENTS },
  { name: 'authorize-token', clients: [] },
  { name: 'issue-ticket', clients: ['DynamoDBClient'] },
  { name: 'redeem-ticket', clients: ['DynamoDBClient'] },
];

/** The variables of all functions. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AUDIENCE: '["benchmark"]',
  CALLBACK_URL: 'https://connections.example.com/prod',
  CLAIM_NAMES: '[]',
  CLUSTER_IDENTIFIER: 'analytics',
  DATABASE_NAME: 'dev',
  DATABASE_USER: 'awsuser',
  DEAD_LETTER_QUEUE_URL: 'https://queues.example.com/dead-letters',
  ISSUER: 'https://issuer.example.com',
  // AuthorizeToken begins to fetch the keys.
  JWKS_URI: 'https://127.0.0.1/keys',
  MAX_QUERIES_PER_CONNECTION: '20',
  MESSAGE_BURST: '2000',
  INLINE_WAIT_SECONDS: '1',
  MESSAGES_PER_SECOND: '1000',
  QUEUE_URL: 'https://queues.example.com/jobs',
  RESULT_BUCKET_NAME: 'results',
  STATEMENT_NAME_PREFIX: 'Benchmark/',
  TABLE_NAME: 'table',
  TICKET_VALIDITY_SECONDS: '60',
};
