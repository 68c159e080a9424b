import { eventPattern } from './event-pattern';
import type { QueuePlan } from '../sqs/queue-plan';
import type { Resource, Stack } from '../template/stack';

/** A rule of the template: what it matches, and where it sends. */
export interface RulePlan {
  readonly logicalId: string;
  readonly queueArns: readonly string[];
  matches(event: Readonly<Record<string, unknown>>): boolean;
}

/** Reads the rules of the stack that are enabled. */
export function planRules(stack: Stack, queues: readonly QueuePlan[]): RulePlan[] {
  return stack.plan('AWS::Events::Rule', (rule) => {
    const queueArns = rule.properties.objects('Targets').map((target) => target.text('Arn'));
    queueArns.forEach((queueArn) => checkTarget(stack, rule, queueArn, queues));
    const matches = eventPattern(rule.properties.raw('EventPattern') as Record<string, unknown> | undefined ?? {});
    return rule.properties.optionalText('State') === 'DISABLED' ? [] : [{ logicalId: rule.logicalId, queueArns, matches }];
  }).flat();
}

function checkTarget(stack: Stack, rule: Resource, queueArn: string, queues: readonly QueuePlan[]): void {
  const queue = queues.find(({ arn }) => arn === queueArn);
  if (queue === undefined) {
    throw new Error(`property Targets.Arn is ${queueArn}, which is not a queue of the template: the local AWS supports only queues as targets`);
  }
  // On AWS the events of a rule that may not send them vanish without a word.
  stack.require(
    rule,
    { principal: 'events.amazonaws.com', action: 'sqs:SendMessage', resource: queueArn, context: { 'aws:SourceArn': rule.attribute('Arn') } },
    `no AWS::SQS::QueuePolicy lets events.amazonaws.com send messages of this rule to ${queue.logicalId}, or the policy of its key does not`,
  );
}
