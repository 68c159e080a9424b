import type { AttributeDefinition, CreateTableCommandInput, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import type { Resource, Stack } from '../template/stack';
import type { StackEnvironment } from '../template/template';

/** A table of the template. */
export interface TablePlan {
  readonly logicalId: string;
  readonly create: CreateTableCommandInput;
  readonly timeToLiveAttribute?: string;
}

/** Reads the tables of the stack. */
export function planTables(stack: Stack): TablePlan[] {
  return [
    ...stack.plan('AWS::DynamoDB::Table', (resource) => planTable(resource)),
    ...stack.plan('AWS::DynamoDB::GlobalTable', (resource) => {
      checkRegions(resource, stack.environment.region);
      return planTable(resource);
    }),
  ];
}

/** Returns the partition keys of the tables, by ARN. */
export function partitionKeys(tables: readonly TablePlan[], { partition, region, accountId }: StackEnvironment): ReadonlyMap<string, string> {
  return new Map(tables.map(({ create: { TableName: name, KeySchema: keys = [] } }) =>
    [`arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`, keys.find(({ KeyType: type }) => type === 'HASH')?.AttributeName ?? '']));
}

function planTable({ logicalId, ref, properties }: Resource): TablePlan {
  if (properties.optionalString('BillingMode') !== 'PAY_PER_REQUEST') {
    throw new Error('property BillingMode must be PAY_PER_REQUEST: provisioned throughput is not supported by the local AWS');
  }
  const timeToLive = properties.object('TimeToLiveSpecification');
  const attribute = timeToLive.flag('Enabled', false) ? timeToLive.string('AttributeName') : undefined;
  return {
    logicalId,
    create: {
      TableName: ref,
      AttributeDefinitions: properties.list('AttributeDefinitions') as AttributeDefinition[],
      KeySchema: properties.list('KeySchema') as KeySchemaElement[],
      BillingMode: 'PAY_PER_REQUEST',
    },
    ...attribute === undefined ? {} : { timeToLiveAttribute: attribute },
  };
}

function checkRegions({ properties }: Resource, region: string): void {
  const other = properties.objects('Replicas').map((replica) => replica.string('Region')).find((name) => name !== region);
  if (other !== undefined) {
    throw new Error(`property Replicas has the Region ${other}: replicas outside of ${region} are not supported by the local AWS`);
  }
}
