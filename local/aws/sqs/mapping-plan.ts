import type { QueuePlan } from './queue-plan';
import type { FunctionPlan } from '../lambda/function-plan';
import type { Resource, Stack } from '../template/stack';

/** An event source mapping of the template: a queue whose messages a function is given. */
export interface MappingPlan {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly functionLogicalId: string;
  /** The function's role, with which Lambda polls. */
  readonly principal: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly maximumConcurrency: number;
  readonly reportsItemFailures: boolean;
}

/**
 * What Lambda needs of the function's role to poll a queue.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-lambda-function-trigger.html
 */
export const POLLING_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

const DEFAULT_BATCH_SIZE = 10;
const LARGEST_BATCH_WITHOUT_WINDOW = 10;
const SMALLEST_MAXIMUM_CONCURRENCY = 2;

/** Reads the event source mappings of the stack that are enabled. */
export function planMappings(stack: Stack, queues: readonly QueuePlan[], functions: readonly FunctionPlan[]): MappingPlan[] {
  return stack.plan('AWS::Lambda::EventSourceMapping', (resource) => planMapping(stack, resource, queues, functions)).flat();
}

function planMapping(stack: Stack, resource: Resource, queues: readonly QueuePlan[], functions: readonly FunctionPlan[]): MappingPlan[] {
  const { properties } = resource;
  const queueArn = properties.text('EventSourceArn');
  const functionName = properties.text('FunctionName');
  const queue = queues.find(({ arn }) => arn === queueArn);
  const target = functions.find(({ arn, name }) => arn === functionName || name === functionName);
  if (queue === undefined) {
    throw new Error(`property EventSourceArn is ${queueArn}, which is not a queue of the template`);
  }
  if (target === undefined) {
    throw new Error(`property FunctionName is ${functionName}, which is not a function of the template`);
  }
  if (queue.visibilitySeconds < target.timeoutSeconds) {
    throw new Error(`the queue ${queue.logicalId} has a visibility timeout of ${queue.visibilitySeconds} seconds, which Lambda refuses `
      + `for ${target.logicalId} with a timeout of ${target.timeoutSeconds} seconds: make it longer`);
  }
  const plan = {
    queueArn,
    functionArn: target.arn,
    functionLogicalId: target.logicalId,
    principal: target.principal,
    batchSize: properties.integer('BatchSize', DEFAULT_BATCH_SIZE),
    windowSeconds: properties.integer('MaximumBatchingWindowInSeconds', 0),
    maximumConcurrency: properties.object('ScalingConfig').integer('MaximumConcurrency', target.maximumConcurrency),
    reportsItemFailures: properties.list('FunctionResponseTypes').includes('ReportBatchItemFailures'),
  };
  for (const action of POLLING_ACTIONS) {
    // Lambda makes no mapping that it could not poll.
    stack.require(resource, { principal: target.principal, action, resource: queueArn }, `the role of ${target.logicalId} does not allow ${action} on ${queue.logicalId}`);
  }
  checkLimits(plan, properties.object('ScalingConfig').names().length > 0);
  return properties.flag('Enabled', true) ? [plan] : [];
}

function checkLimits({ batchSize, windowSeconds, maximumConcurrency }: MappingPlan, concurrencyGiven: boolean): void {
  if (batchSize < 1 || (batchSize > LARGEST_BATCH_WITHOUT_WINDOW && windowSeconds === 0)) {
    throw new Error(`property BatchSize is ${batchSize}: above ${LARGEST_BATCH_WITHOUT_WINDOW} Lambda asks for a MaximumBatchingWindowInSeconds of at least 1`);
  }
  if (concurrencyGiven && maximumConcurrency < SMALLEST_MAXIMUM_CONCURRENCY) {
    throw new Error(`property ScalingConfig.MaximumConcurrency is ${maximumConcurrency}, but Lambda takes ${SMALLEST_MAXIMUM_CONCURRENCY} or more`);
  }
}
