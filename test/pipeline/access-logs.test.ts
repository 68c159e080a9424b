import { App, Annotations as CdkAnnotations } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { RedshiftWebSocketQuery } from '../../src';
import { construct, LEAST_PROPS, newStack } from '../support/construct';

const WARNING_ID = 'cdk-redshift-websocket-query:accessLogs';

describe('accessLogs', () => {
  it('warns once that the account needs a role when several constructs of a stack have access logs', () => {
    const stack = newStack();
    new RedshiftWebSocketQuery(stack, 'One', { ...LEAST_PROPS, accessLogs: true });
    new RedshiftWebSocketQuery(stack, 'Two', { ...LEAST_PROPS, accessLogs: true });
    Template.fromStack(stack);
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(warnings.map(({ id, entry }) => [id, entry.data])).toEqual([['/Stack/One', expect.stringMatching(
      /the deployment fails unless .* CloudWatch Logs role.*apigateway\.CfnAccount.*Annotations\.of\(stack\)\.acknowledgeWarning\('cdk-redshift-websocket-query:accessLogs'/,
    )]]);
  });

  it('warns each stack when stacks are in accounts or Regions of their own', () => {
    const app = new App();
    const stacks = ['One', 'Two'].map((id) => newStack(id, app));
    stacks.forEach((stack) => construct({ accessLogs: true }, stack));
    stacks.forEach((stack) => Annotations.fromStack(stack).hasWarning(`/${stack.node.id}/Query`, Match.stringLikeRegexp('CloudWatch Logs role')));
  });

  it.each(['before', 'after'])('does not warn when the warning is acknowledged %s the construct is made', (when) => {
    const stack = newStack();
    const acknowledge = () => CdkAnnotations.of(stack).acknowledgeWarning(WARNING_ID, 'the account has the role');
    if (when === 'before') {
      acknowledge();
    }
    construct({ accessLogs: true }, stack);
    if (when === 'after') {
      acknowledge();
    }
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  it.each([undefined, false])('does not warn when it is %s', (accessLogs) => {
    const stack = newStack();
    construct({ accessLogs }, stack);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});
