import { Aws } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DeliveryQueue } from './delivery-queue';
import { descriptionOf } from '../cdk/description';

export interface StatementRuleProps {
  readonly delivery: DeliveryQueue;
}

/** Rule that sends the event of each ended statement of a construct, and of no other, to its delivery queue. */
export class StatementRule extends events.Rule {
  /** Prefix of the names of all statements that the construct starts. */
  public readonly statementNamePrefix: string;

  constructor(scope: Construct, id: string, { delivery }: StatementRuleProps) {
    const statementNamePrefix = statementNamePrefixOf(scope);
    super(scope, id, {
      description: descriptionOf('Sends events of ended statements to the delivery queue of ', scope),
      eventPattern: {
        source: ['aws.redshift-data'],
        // CloudTrail reports calls of the Data API under the same source.
        detailType: ['Redshift Data Statement Status Change'],
        detail: { statementName: events.Match.prefix(statementNamePrefix) },
      },
      targets: [{ bind: (rule) => targetOf(rule, delivery) }],
    });
    this.statementNamePrefix = statementNamePrefix;
  }
}

/**
 * The name of the stack is unique in an account and Region, the address of the construct in the app. Neither contains a slash, so no prefix begins
 * another.
 */
function statementNamePrefixOf(scope: Construct): string {
  return `${Aws.STACK_NAME}/${scope.node.addr}/`;
}

/**
 * Not `SqsQueue` of the CDK's targets: it also lets EventBridge get the URL of the queue, and every rule of the account send to an encrypted queue.
 */
function targetOf(rule: events.IRule, { queue, deadLetterQueue }: DeliveryQueue): events.RuleTargetConfig {
  [queue, deadLetterQueue].forEach((each) => grantSend(rule, each));
  return { arn: queue.queueArn, deadLetterConfig: { arn: deadLetterQueue.queueArn } };
}

function grantSend(rule: events.IRule, queue: sqs.Queue): void {
  queue.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': rule.ruleArn } },
  }));
}
