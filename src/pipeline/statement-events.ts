import { Aws } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeliveryQueue } from './delivery-queue';
import { descriptionOf } from '../cdk/description';

/**
 * Begins the names of the statements that a construct starts. The stack's name is unique in an account and Region, the construct's
 * address in the app; a slash occurs in neither, so no prefix begins another.
 */
export function statementNamePrefix(scope: Construct): string {
  return `${Aws.STACK_NAME}/${scope.node.addr}/`;
}

/** Takes the event of each statement that a construct started, and no other's, to its delivery queue. */
export function statementEventRule(scope: Construct, id: string, delivery: DeliveryQueue): events.Rule {
  return new events.Rule(scope, id, {
    description: descriptionOf('Statements of ', scope, ' that have ended'),
    eventPattern: {
      source: ['aws.redshift-data'],
      // CloudTrail reports calls of the Data API under the same source.
      detailType: ['Redshift Data Statement Status Change'],
      detail: { statementName: events.Match.prefix(statementNamePrefix(scope)) },
    },
    targets: [{ bind: (rule) => targetOf(rule, delivery) }],
  });
}

/** Not `SqsQueue` of the CDK's targets, which lets EventBridge also ask for the queue's address, and does it for every rule where the queue has a key. */
function targetOf(rule: events.IRule, { queue, deadLetterQueue }: DeliveryQueue): events.RuleTargetConfig {
  [queue, deadLetterQueue].forEach((each) => letSend(rule, each));
  return { arn: queue.queueArn, deadLetterConfig: { arn: deadLetterQueue.queueArn } };
}

function letSend(rule: events.IRule, queue: sqs.Queue): void {
  queue.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
  }));
}
