import { arn, HARMLESS_TAGS, named } from '../template/resource-type';
import type { ResourceTypes } from '../template/resource-type';

/** The resource types of Amazon EventBridge. */
export const EVENT_BRIDGE_TYPES: ResourceTypes = {
  'AWS::Events::Rule': {
    honoured: ['EventBusName', 'EventPattern', 'Name', 'State', 'Targets.Arn', 'Targets.Id'],
    harmless: {
      ...HARMLESS_TAGS,
      'Description': 'for people',
      'Targets.DeadLetterConfig': 'a queue in the same process cannot be out of reach',
      'Targets.RetryPolicy': 'a queue in the same process cannot be out of reach',
    },
    values: { EventBusName: ['default'], State: ['ENABLED', 'DISABLED'] },
    ref: named('Name'),
    attributes: { Arn: (rule) => arn(rule, 'events', `rule/${named('Name')(rule)}`) },
  },
};
