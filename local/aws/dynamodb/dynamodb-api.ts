import { serviceModel } from '../../service-models';
import { jsonInput } from '../api-endpoint';
import type { ApiService } from '../api-endpoint';
import type { Forward } from '../forward';
import { AwsError } from '../http';
import type { Access } from '../iam/access-request';
import type { StackEnvironment } from '../template/template';

type Key = Readonly<Record<string, unknown>>;

/** A part of an input that names an item, or a table. */
interface Target {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Key;
  readonly Item?: Key;
}

interface Input extends Target {
  readonly TransactItems?: readonly Readonly<Record<string, Target>>[];
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/** Transactions require permissions for each of their actions. */
const TRANSACTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  TransactGetItems: { Get: 'GetItem' },
  TransactWriteItems: { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem' },
};

/** Partition keys of the tables, by ARN. */
export type PartitionKeys = ReadonlyMap<string, string>;

/** DynamoDB, which forwards calls to an emulator. */
export function dynamoDbApi(emulator: Forward, environment: StackEnvironment, partitionKeys: PartitionKeys): ApiService {
  const model = serviceModel('dynamodb');
  return {
    model,
    input: jsonInput,
    access: ({ operation }, input: Input) => accessOf(operation, input, environment, partitionKeys),
    accessDenied: (reason) => new AwsError('AccessDeniedException', reason),
    invalid: (problem) => new AwsError('ValidationException', problem),
    serve: async (call, response) => {
      if (!Object.hasOwn(model.operations, call.operation)) {
        throw new AwsError('UnknownOperationException', `DynamoDB ${call.operation} is not supported by the local AWS`);
      }
      await emulator.send(call, response);
    },
  };
}

function accessOf(operation: string, input: Input, environment: StackEnvironment, partitionKeys: PartitionKeys): Access[] {
  const { TransactItems: items, RequestItems: requests } = input;
  if (items !== undefined) {
    const actions = TRANSACTIONS[operation];
    return items.flatMap((item) => Object.entries(item)).map(([kind, target]) => targetAccess(actions[kind], target, environment, partitionKeys));
  }
  if (requests !== undefined) {
    return Object.keys(requests).map((name) => access(operation, tableArn(name, environment)));
  }
  return [targetAccess(operation, input, environment, partitionKeys)];
}

function targetAccess(action: string, target: Target, environment: StackEnvironment, partitionKeys: PartitionKeys): Access {
  const { TableName: table, IndexName: index, Key: key, Item: item } = target;
  const resource = tableArn(table, environment);
  const leadingKey = leadingKeyOf(key ?? item, partitionKeys.get(resource));
  const context = leadingKey === undefined ? {} : { context: { 'dynamodb:LeadingKeys': [leadingKey] } };
  return { ...access(action, index === undefined ? resource : `${resource}/index/${index}`), ...context };
}

/** Value of the partition key of the item. */
function leadingKeyOf(key: Key | undefined, partitionKey: string | undefined): string | undefined {
  const value = partitionKey === undefined ? undefined : key?.[partitionKey] as Readonly<Record<string, unknown>> | undefined;
  return value === undefined ? undefined : String(Object.values(value)[0]);
}

function access(action: string, resource: string): Access {
  return { action: `dynamodb:${action}`, resource };
}

function tableArn(table: string, { partition, region, accountId }: StackEnvironment): string {
  return table.startsWith('arn:') ? table : `arn:${partition}:dynamodb:${region}:${accountId}:table/${table}`;
}
