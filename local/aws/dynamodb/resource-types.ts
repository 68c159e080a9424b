import { arn, HARMLESS_TAGS, named } from '../template/resource-type';
import type { ResourceType, ResourceTypes } from '../template/resource-type';

const MEMORY = 'the table is in the memory of one process';

const TABLE = {
  honoured: ['AttributeDefinitions', 'BillingMode', 'KeySchema', 'TableName', 'TimeToLiveSpecification'],
  harmless: {
    ...HARMLESS_TAGS,
    ContributorInsightsSpecification: 'metrics are not collected',
    DeletionProtectionEnabled: MEMORY,
    PointInTimeRecoverySpecification: MEMORY,
    SSESpecification: MEMORY,
  },
  // Provisioned throughput throttles on AWS, which dynalite does not.
  values: { BillingMode: ['PAY_PER_REQUEST'] },
  ref: named('TableName'),
  attributes: {
    Arn: (table) => arn(table, 'dynamodb', `table/${named('TableName')(table)}`),
  },
} satisfies ResourceType;

/** The resource types of Amazon DynamoDB. */
export const DYNAMODB_TYPES: ResourceTypes = {
  'AWS::DynamoDB::Table': { ...TABLE, harmless: { ...TABLE.harmless, TableClass: MEMORY } },
  'AWS::DynamoDB::GlobalTable': {
    ...TABLE,
    honoured: [...TABLE.honoured, 'Replicas.Region'],
    harmless: {
      ...TABLE.harmless,
      'Replicas.ContributorInsightsSpecification': 'metrics are not collected',
      'Replicas.DeletionProtectionEnabled': MEMORY,
      'Replicas.PointInTimeRecoverySpecification': MEMORY,
      'Replicas.SSESpecification': MEMORY,
      'Replicas.TableClass': MEMORY,
      'Replicas.Tags': 'tags are for people and bills',
    },
    attributes: { ...TABLE.attributes, TableId: ({ generatedId }) => generatedId(32) },
  },
};
