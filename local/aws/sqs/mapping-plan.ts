import type { QueuePlan } from './queue-plan';
import type { FunctionPlan } from '../lambda/function-plan';
import type { Resource, Stack } from '../template/stack';

/** An event source mapping of the template. */
export interface MappingPlan {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly functionLogicalId: string;
  /** ARN of the role session with which Lambda polls the queue. */
  readonly principal: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maxConcurrency: number;
  readonly reportsItemFailures: boolean;
}

/**
 * Permissions that Lambda requires to poll a queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html
 */
export const POLLING_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

const DEFAULT_BATCH_SIZE = 10;
const MAX_BATCH_SIZE_WITHOUT_WINDOW = 10;
const MIN_MAX_CONCURRENCY = 2;

/** Reads the event source mappings of the stack that are enabled. */
export function planMappings(stack: Stack, queues: readonly QueuePlan[], functions: readonly FunctionPlan[]): MappingPlan[] {
  return stack.plan('AWS::Lambda::EventSourceMapping', (resource) => planMapping(stack, resource, queues, functions)).flat();
}

function planMapping(stack: Stack, resource: Resource, queues: readonly QueuePlan[], functions: readonly FunctionPlan[]): MappingPlan[] {
  const { properties } = resource;
  const queueArn = properties.string('EventSourceArn');
  const functionName = properties.string('FunctionName');
  const queue = queues.find(({ arn }) => arn === queueArn);
  const target = functions.find(({ arn, name }) => arn === functionName || name === functionName);
  if (queue === undefined) {
    throw new Error(`property EventSourceArn is ${queueArn}, which is not a queue of the template`);
  }
  if (target === undefined) {
    throw new Error(`property FunctionName is ${functionName}, which is not a function of the template`);
  }
  if (queue.visibilitySeconds < target.timeoutSeconds) {
    throw new Error(`the queue ${queue.logicalId} has a visibility timeout of ${queue.visibilitySeconds} seconds: `
      + `it must be at least the timeout of ${target.logicalId}, ${target.timeoutSeconds} seconds`);
  }
  const plan = {
    queueArn,
    functionArn: target.arn,
    functionLogicalId: target.logicalId,
    principal: target.principal,
    batchSize: properties.integer('BatchSize', DEFAULT_BATCH_SIZE),
    windowSeconds: properties.integer('MaximumBatchingWindowInSeconds', 0),
    maxConcurrency: properties.object('ScalingConfig').integer('MaximumConcurrency', target.maxConcurrency),
    reportsItemFailures: properties.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
  };
  for (const action of POLLING_ACTIONS) {
    // Lambda doesn't create a mapping without these permissions.
    stack.require(resource, { principal: target.principal, action, resource: queueArn }, `the role of ${target.logicalId} does not allow ${action} on ${queue.logicalId}`);
  }
  checkLimits(plan, properties.object('ScalingConfig').names().length > 0);
  return properties.flag('Enabled', true) ? [plan] : [];
}

function checkLimits({ batchSize, windowSeconds, maxConcurrency }: MappingPlan, hasConcurrency: boolean): void {
  if (batchSize < 1 || (batchSize > MAX_BATCH_SIZE_WITHOUT_WINDOW && windowSeconds === 0)) {
    throw new Error(`property BatchSize is ${batchSize}: a batch size greater than ${MAX_BATCH_SIZE_WITHOUT_WINDOW} requires a MaximumBatchingWindowInSeconds of at least 1`);
  }
  if (hasConcurrency && maxConcurrency < MIN_MAX_CONCURRENCY) {
    throw new Error(`property ScalingConfig.MaximumConcurrency is ${maxConcurrency}, but must be at least ${MIN_MAX_CONCURRENCY}`);
  }
}
