import type { Resource, Stack } from '../template/stack';

/** A queue of the template, as it is to behave. */
export interface QueuePlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly delaySeconds: number;
  readonly maximumMessageBytes: number;
  readonly retentionSeconds: number;
  readonly visibilitySeconds: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maximumReceives: number };
}

/** 1 MiB, which SQS has allowed since August 2025. */
export const MAXIMUM_MESSAGE_BYTES = 1_048_576;
export const MAXIMUM_DELAY_SECONDS = 900;
const FOUR_DAYS = 345_600;
const DEFAULT_VISIBILITY_SECONDS = 30;

/** Reads the queues of the stack. */
export function planQueues(stack: Stack): QueuePlan[] {
  const arns = new Set(stack.resources('AWS::SQS::Queue').map((queue) => queue.attribute('Arn')));
  return stack.plan('AWS::SQS::Queue', (resource) => planQueue(resource, arns));
}

function planQueue({ logicalId, ref, attribute, properties }: Resource, arns: ReadonlySet<string>): QueuePlan {
  const redrive = properties.object('RedrivePolicy');
  const deadLetterArn = redrive.optionalText('deadLetterTargetArn');
  if (deadLetterArn !== undefined && !arns.has(deadLetterArn)) {
    throw new Error(`property RedrivePolicy.deadLetterTargetArn is ${deadLetterArn}, which is not a queue of the template`);
  }
  return {
    logicalId,
    name: attribute('QueueName'),
    arn: attribute('Arn'),
    url: ref,
    delaySeconds: atMost(properties.integer('DelaySeconds', 0), MAXIMUM_DELAY_SECONDS, 'DelaySeconds'),
    maximumMessageBytes: atMost(properties.integer('MaximumMessageSize', MAXIMUM_MESSAGE_BYTES), MAXIMUM_MESSAGE_BYTES, 'MaximumMessageSize'),
    retentionSeconds: properties.integer('MessageRetentionPeriod', FOUR_DAYS),
    visibilitySeconds: properties.integer('VisibilityTimeout', DEFAULT_VISIBILITY_SECONDS),
    ...deadLetterArn === undefined ? {} : { redrive: { deadLetterArn, maximumReceives: Number(redrive.text('maxReceiveCount')) } },
  };
}

function atMost(value: number, limit: number, name: string): number {
  if (value > limit) {
    throw new Error(`property ${name} is ${value}, but may be at most ${limit}`);
  }
  return value;
}
