import { arn, IGNORED_TAGS, named } from '../template/resource-type';
import type { ResourceType, ResourceTypes } from '../template/resource-type';

const MEMORY = 'tables are stored in memory';

const TABLE = {
  supported: ['AttributeDefinitions', 'BillingMode', 'KeySchema', 'TableName', 'TimeToLiveSpecification'],
  ignored: {
    ...IGNORED_TAGS,
    ContributorInsightsSpecification: 'metrics are not collected',
    DeletionProtectionEnabled: MEMORY,
    PointInTimeRecoverySpecification: MEMORY,
    SSESpecification: MEMORY,
  },
  // dynalite doesn't throttle provisioned throughput.
  values: { BillingMode: ['PAY_PER_REQUEST'] },
  ref: named('TableName'),
  attributes: {
    Arn: (table) => arn(table, 'dynamodb', `table/${named('TableName')(table)}`),
  },
} satisfies ResourceType;

/** The resource types of Amazon DynamoDB. */
export const DYNAMODB_TYPES: ResourceTypes = {
  'AWS::DynamoDB::Table': { ...TABLE, ignored: { ...TABLE.ignored, TableClass: MEMORY } },
  'AWS::DynamoDB::GlobalTable': {
    ...TABLE,
    supported: [...TABLE.supported, 'Replicas.Region'],
    ignored: {
      ...TABLE.ignored,
      'Replicas.ContributorInsightsSpecification': 'metrics are not collected',
      'Replicas.DeletionProtectionEnabled': MEMORY,
      'Replicas.PointInTimeRecoverySpecification': MEMORY,
      'Replicas.SSESpecification': MEMORY,
      'Replicas.TableClass': MEMORY,
      'Replicas.Tags': 'tags have no effect',
    },
    attributes: { ...TABLE.attributes, TableId: ({ generatedId }) => generatedId(32) },
  },
};
