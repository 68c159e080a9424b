import { arn, IGNORED_TAGS, named } from '../template/resource-type';
import type { ResourceTypes } from '../template/resource-type';

/** The resource types of Amazon EventBridge. */
export const EVENT_BRIDGE_TYPES: ResourceTypes = {
  'AWS::Events::Rule': {
    supported: ['EventBusName', 'EventPattern', 'Name', 'State', 'Targets.Arn', 'Targets.Id'],
    ignored: {
      ...IGNORED_TAGS,
      'Description': 'informational',
      'Targets.DeadLetterConfig': 'local delivery always succeeds',
      'Targets.RetryPolicy': 'local delivery always succeeds',
    },
    values: { EventBusName: ['default'], State: ['ENABLED', 'DISABLED'] },
    ref: named('Name'),
    attributes: { Arn: (rule) => arn(rule, 'events', `rule/${named('Name')(rule)}`) },
  },
};
