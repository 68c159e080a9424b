import type { Resource, Stack } from '../template/stack';

/** A queue of the template. */
export interface QueuePlan {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly delaySeconds: number;
  readonly maxMessageBytes: number;
  readonly retentionSeconds: number;
  readonly visibilitySeconds: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceives: number };
}

/** 1 MiB. */
export const MAX_MESSAGE_BYTES = 1_048_576;
export const MAX_DELAY_SECONDS = 900;
const FOUR_DAYS = 345_600;
const DEFAULT_VISIBILITY_SECONDS = 30;

/** Reads the queues of the stack. */
export function planQueues(stack: Stack): QueuePlan[] {
  const arns = new Set(stack.resources('AWS::SQS::Queue').map((queue) => queue.attribute('Arn')));
  return stack.plan('AWS::SQS::Queue', (resource) => planQueue(resource, arns));
}

function planQueue({ logicalId, ref, attribute, properties }: Resource, arns: ReadonlySet<string>): QueuePlan {
  const redrive = properties.object('RedrivePolicy');
  const deadLetterArn = redrive.optionalString('deadLetterTargetArn');
  if (deadLetterArn !== undefined && !arns.has(deadLetterArn)) {
    throw new Error(`property RedrivePolicy.deadLetterTargetArn is ${deadLetterArn}, which is not a queue of the template`);
  }
  return {
    logicalId,
    name: attribute('QueueName'),
    arn: attribute('Arn'),
    url: ref,
    delaySeconds: atMost(properties.integer('DelaySeconds', 0), MAX_DELAY_SECONDS, 'DelaySeconds'),
    maxMessageBytes: atMost(properties.integer('MaximumMessageSize', MAX_MESSAGE_BYTES), MAX_MESSAGE_BYTES, 'MaximumMessageSize'),
    retentionSeconds: properties.integer('MessageRetentionPeriod', FOUR_DAYS),
    visibilitySeconds: properties.integer('VisibilityTimeout', DEFAULT_VISIBILITY_SECONDS),
    ...deadLetterArn === undefined ? {} : { redrive: { deadLetterArn, maxReceives: Number(redrive.string('maxReceiveCount')) } },
  };
}

function atMost(value: number, limit: number, name: string): number {
  if (value > limit) {
    throw new Error(`property ${name} is ${value}, but must be at most ${limit}`);
  }
  return value;
}
