import { eventPattern } from './event-pattern';
import type { QueuePlan } from '../sqs/queue-plan';
import type { Resource, Stack } from '../template/stack';

/** A rule of the template. */
export interface RulePlan {
  readonly logicalId: string;
  readonly queueArns: readonly string[];
  matches(event: Readonly<Record<string, unknown>>): boolean;
}

/** Reads the rules of the stack that are enabled. */
export function planRules(stack: Stack, queues: readonly QueuePlan[]): RulePlan[] {
  return stack.plan('AWS::Events::Rule', (rule) => {
    const queueArns = rule.properties.objects('Targets').map((target) => target.string('Arn'));
    queueArns.forEach((queueArn) => checkTarget(stack, rule, queueArn, queues));
    const matches = eventPattern(rule.properties.raw('EventPattern') as Record<string, unknown> | undefined ?? {});
    return rule.properties.optionalString('State') === 'DISABLED' ? [] : [{ logicalId: rule.logicalId, queueArns, matches }];
  }).flat();
}

function checkTarget(stack: Stack, rule: Resource, queueArn: string, queues: readonly QueuePlan[]): void {
  const queue = queues.find(({ arn }) => arn === queueArn);
  if (queue === undefined) {
    throw new Error(`property Targets.Arn is ${queueArn}, which isn't a queue of the template: other targets are not supported by the local AWS`);
  }
  // On AWS, events are dropped without an error if the rule lacks this permission.
  stack.require(
    rule,
    { principal: 'events.amazonaws.com', action: 'sqs:SendMessage', resource: queueArn, context: { 'aws:SourceArn': rule.attribute('Arn') } },
    `the AWS::SQS::QueuePolicy or the key policy doesn't allow events.amazonaws.com to send events of this rule to ${queue.logicalId}`,
  );
}
