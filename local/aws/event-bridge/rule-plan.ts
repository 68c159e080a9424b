import { eventPattern } from './event-pattern';
import type { QueuePlan } from '../sqs/queue-plan';
import { allowsService } from '../template/policy';
import type { PolicyStatement } from '../template/policy';
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
  const statements = stack.resources('AWS::SQS::QueuePolicy')
    .filter(({ properties }) => properties.list('Queues').includes(queue.url))
    .flatMap(({ properties }) => properties.object('PolicyDocument').list('Statement') as readonly PolicyStatement[]);
  const request = { service: 'events.amazonaws.com', action: 'sqs:SendMessage', resource: queueArn, sourceArn: rule.attribute('Arn') };
  // On AWS the events of such a rule vanish without a word.
  if (!allowsService(statements, request)) {
    throw new Error(`no AWS::SQS::QueuePolicy lets events.amazonaws.com send messages of this rule to ${queue.logicalId}`);
  }
}
