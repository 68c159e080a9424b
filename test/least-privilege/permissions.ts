import type { Grant } from './policies';

export type RoleName = 'StatementRole' | 'OnDisconnectRole' | 'AuthorizeTokenRole' | 'RedeemTicketRole' | 'IssueTicketRole';

/** Actions that roles have on a resource. docs/permissions.md is generated from these entries. */
export interface Permission {
  readonly roles: readonly RoleName[];
  /** The configuration that adds the permission; every configuration if missing. */
  readonly when?: string;
  readonly actions: readonly string[];
  readonly resource: readonly [pattern: RegExp, description: string];
  /** The condition of the statement, as JSON. */
  readonly condition?: readonly [json: string, description: string];
  readonly purpose: string;
  /** Why AWS supports no finer resource; required if the resource contains a wildcard. */
  readonly wildcard?: string;
}

const ACCOUNT = 'us-east-1:111122223333';
const ID = '[^:/*?]+';
const KEY = new RegExp(`^arn:aws:kms:${ACCOUNT}:key/${ID}$`);
const WITH_KEY = 'with `encryptionKey`';

export const ALL_ROLES: readonly RoleName[] = ['StatementRole', 'OnDisconnectRole', 'AuthorizeTokenRole', 'RedeemTicketRole', 'IssueTicketRole'];

const TABLE: Permission['resource'] = [new RegExp(`^arn:aws:dynamodb:${ACCOUNT}:table/${ID}$`), 'the table'];
const DELIVERY_QUEUE: Permission['resource'] = [new RegExp(`^arn:aws:sqs:${ACCOUNT}:\\w+-\\w+DeliveryQueue${ID}$`), 'the delivery queue'];
const DEAD_LETTERS: Permission['resource'] = [new RegExp(`^arn:aws:sqs:${ACCOUNT}:\\w+-\\w+DeliveryDeadLetters${ID}$`), 'the dead-letter queue'];
const CLUSTER_OR_WORKGROUP: Permission['resource'] = [
  new RegExp(`^arn:aws:(redshift:${ACCOUNT}:cluster:analytics|redshift-serverless:${ACCOUNT}:workgroup/[0-9a-f-]{36})$`),
  'the cluster or the workgroup',
];
const ANY_WORKGROUP: Permission['resource'] = [new RegExp(`^arn:aws:redshift-serverless:${ACCOUNT}:workgroup/\\*$`), '`workgroup/*`'];
const TICKETS: Permission['condition'] = ['{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["ticket#*"]}}', 'keys that begin with `ticket#`'];

const via = (service: string, name: string): Permission['condition'] =>
  [`{"StringEquals":{"kms:ViaService":"${service}.us-east-1.amazonaws.com"}}`, `only through ${name}`];

const UNKNOWN_WORKGROUP = 'The ARN of a workgroup ends in a UUID that its name doesn\'t contain. Synthesis warns about it.';
const VPC_DENY = 'The code of functions is denied these actions.';

export const PERMISSIONS: readonly Permission[] = [
  { roles: ['StatementRole'], actions: ['redshift-data:ExecuteStatement'], resource: CLUSTER_OR_WORKGROUP, purpose: 'Start statements.' },
  {
    roles: ['StatementRole'],
    when: 'with `RedshiftCluster.fromWorkgroupName()`',
    actions: ['redshift-data:ExecuteStatement'],
    resource: ANY_WORKGROUP,
    purpose: 'Start statements.',
    wildcard: UNKNOWN_WORKGROUP,
  },
  {
    roles: ['StatementRole'],
    actions: ['redshift-data:CancelStatement', 'redshift-data:DescribeStatement', 'redshift-data:GetStatementResult'],
    resource: [/^\*$/, '`*`'],
    purpose: 'Check and cancel statements, and fetch their results.',
    wildcard: 'The actions support no resource. The Data API allows them only on statements that the same role started.',
  },
  {
    roles: ['StatementRole'],
    when: 'with `DatabaseUser.named()`',
    actions: ['redshift:GetClusterCredentials'],
    resource: [new RegExp(`^arn:aws:redshift:${ACCOUNT}:(dbuser:analytics/awsuser|dbname:analytics/dev)$`), '`dbuser:<cluster>/<user>` and `dbname:<cluster>/<database>`'],
    purpose: 'Authenticate to the database.',
  },
  {
    roles: ['StatementRole'],
    when: 'with `DatabaseUser.iam()` on a cluster',
    actions: ['redshift:GetClusterCredentialsWithIAM'],
    resource: [new RegExp(`^arn:aws:redshift:${ACCOUNT}:dbname:analytics/dev$`), '`dbname:<cluster>/<database>`'],
    purpose: 'Authenticate to the database.',
  },
  {
    roles: ['StatementRole'],
    when: 'with `DatabaseUser.iam()` on a workgroup',
    actions: ['redshift-serverless:GetCredentials'],
    resource: CLUSTER_OR_WORKGROUP,
    purpose: 'Authenticate to the database.',
  },
  {
    roles: ['StatementRole'],
    when: 'with `DatabaseUser.iam()` and `RedshiftCluster.fromWorkgroupName()`',
    actions: ['redshift-serverless:GetCredentials'],
    resource: ANY_WORKGROUP,
    purpose: 'Authenticate to the database.',
    wildcard: UNKNOWN_WORKGROUP,
  },
  {
    roles: ['StatementRole'],
    when: 'with `DatabaseUser.secret()`',
    actions: ['secretsmanager:GetSecretValue'],
    resource: [new RegExp(`^arn:aws:secretsmanager:${ACCOUNT}:secret:warehouse-Ab12Cd$`), 'the secret'],
    purpose: 'Authenticate to the database.',
  },
  {
    roles: ['StatementRole'],
    when: 'with `DatabaseUser.secret()` and a secret without its full ARN',
    actions: ['secretsmanager:GetSecretValue'],
    resource: [new RegExp(`^arn:aws:secretsmanager:${ACCOUNT}:secret:another-warehouse-\\?{6}$`), 'the name of the secret and `-??????`'],
    purpose: 'Authenticate to the database.',
    wildcard: 'The ARN of a secret ends in six characters that its name doesn\'t contain.',
  },
  {
    roles: ['StatementRole'],
    when: 'with `DatabaseUser.secret()` and a secret with a customer managed key',
    actions: ['kms:Decrypt'],
    resource: [KEY, 'the key of the secret'],
    condition: via('secretsmanager', 'Secrets Manager'),
    purpose: 'Authenticate to the database.',
  },
  {
    roles: ['StatementRole'],
    actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    resource: TABLE,
    purpose: 'Store connections, requests, runs and small results.',
  },
  {
    roles: ['StatementRole'],
    actions: ['s3:GetObject', 's3:PutObject'],
    resource: [new RegExp(`^arn:aws:s3:::${ID}/\\*$`), 'the objects of the result bucket'],
    purpose: 'Store and read large results.',
    wildcard: 'The names of objects aren\'t known at deployment.',
  },
  { roles: ['StatementRole'], actions: ['sqs:SendMessage'], resource: DELIVERY_QUEUE, purpose: 'Send jobs and checks.' },
  {
    roles: ['StatementRole'],
    actions: ['sqs:SendMessage'],
    resource: DEAD_LETTERS,
    purpose: 'Send jobs that failed five times, and unreadable messages.',
  },
  {
    roles: ['StatementRole'],
    actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    resource: DELIVERY_QUEUE,
    purpose: 'Let Lambda [poll the queue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html) for SendMessage.',
  },
  {
    roles: ['StatementRole'],
    actions: ['execute-api:ManageConnections'],
    resource: [new RegExp(`^arn:aws:execute-api:${ACCOUNT}:${ID}/prod/POST/@connections/\\*$`), '`<api>/<stage>/POST/@connections/*`'],
    purpose: 'Post messages to connections.',
    wildcard: 'The ids of connections aren\'t known at deployment.',
  },
  {
    roles: ['StatementRole'],
    when: 'unless access is open',
    actions: ['execute-api:ManageConnections'],
    resource: [new RegExp(`^arn:aws:execute-api:${ACCOUNT}:${ID}/prod/DELETE/@connections/\\*$`), '`<api>/<stage>/DELETE/@connections/*`'],
    purpose: 'Close connections whose client\'s credentials have expired or aren\'t known.',
    wildcard: 'The ids of connections aren\'t known at deployment.',
  },
  {
    roles: ['OnDisconnectRole'],
    actions: ['dynamodb:DeleteItem', 'dynamodb:Query'],
    resource: TABLE,
    purpose: 'Find and delete the records of a connection.',
  },
  { roles: ['OnDisconnectRole'], actions: ['sqs:SendMessage'], resource: DELIVERY_QUEUE, purpose: 'Send jobs that check runs for subscribers.' },
  {
    roles: ['RedeemTicketRole'],
    when: 'with one-time tickets',
    actions: ['dynamodb:DeleteItem'],
    resource: TABLE,
    condition: TICKETS,
    purpose: 'Redeem a ticket once.',
  },
  {
    roles: ['IssueTicketRole'],
    when: 'with one-time tickets',
    actions: ['dynamodb:PutItem'],
    resource: TABLE,
    condition: TICKETS,
    purpose: 'Store the hash of a ticket.',
  },
  {
    roles: ALL_ROLES,
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resource: [new RegExp(`^arn:aws:logs:${ACCOUNT}:log-group:${ID}:\\*$`), 'the log groups of the role\'s functions'],
    purpose: 'Write logs.',
    wildcard: 'The names of log streams aren\'t known at deployment.',
  },
  {
    roles: ['StatementRole', 'OnDisconnectRole', 'RedeemTicketRole', 'IssueTicketRole'],
    when: WITH_KEY,
    actions: ['kms:Decrypt'],
    resource: [KEY, 'the key'],
    condition: via('dynamodb', 'DynamoDB'),
    purpose: 'Read and write [encrypted items](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html).',
  },
  {
    roles: ['StatementRole', 'OnDisconnectRole'],
    when: WITH_KEY,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resource: [KEY, 'the key'],
    condition: via('sqs', 'SQS'),
    purpose: 'Send and receive [encrypted messages](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html).',
  },
  {
    roles: ['StatementRole'],
    when: WITH_KEY,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resource: [KEY, 'the key'],
    condition: via('s3', 'S3'),
    purpose: 'Read and write [encrypted objects](https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).',
  },
  {
    roles: ALL_ROLES,
    when: 'with `vpc`',
    actions: ['ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:UnassignPrivateIpAddresses'],
    resource: [new RegExp(`^arn:aws:ec2:${ACCOUNT}:\\*$`), 'all resources of EC2 in the account and Region'],
    purpose: `Let Lambda [connect functions to a VPC](https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions). ${VPC_DENY}`,
    wildcard: `Lambda creates the network interfaces, and rejects a role that can't delete all of them. ${VPC_DENY}`,
  },
  {
    roles: ALL_ROLES,
    when: 'with `vpc`',
    actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'],
    resource: [/^\*$/, '`*`'],
    purpose: `Let Lambda connect functions to a VPC. ${VPC_DENY}`,
    wildcard: `The actions support no resource. ${VPC_DENY}`,
  },
];

/** Whether an entry allows an action of a role on a resource. */
export function allows({ roles, actions, resource: [pattern], condition: [json] = ['{}', ''] }: Permission, grant: Grant): boolean {
  return roles.some((role) => grant.role.includes(role)) && actions.includes(grant.action)
    && pattern.test(grant.resource) && json === grant.condition;
}
