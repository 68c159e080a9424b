import { Aws } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { DeliveryQueue } from './delivery-queue';

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
    description: `Statements of ${scope.node.path} that have ended`,
    eventPattern: {
      source: ['aws.redshift-data'],
      // CloudTrail reports calls of the Data API under the same source.
      detailType: ['Redshift Data Statement Status Change'],
      detail: { statementName: events.Match.prefix(statementNamePrefix(scope)) },
    },
    targets: [new targets.SqsQueue(delivery.queue, { deadLetterQueue: delivery.deadLetterQueue })],
  });
}
