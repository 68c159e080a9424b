import { CfnParameter, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { DEFAULT_QUERY } from '../../src/shared/query-definitions';
import { construct, definitionsOf, environmentOf, newStack, templateOf } from '../support/construct';

type Limits = Partial<RedshiftWebSocketQueryProps>;

/** The times of the query in the definitions of the functions. */
function timesOf(limits: Limits): object {
  const { timeoutSeconds, resultReuseSeconds, resultRetentionSeconds } = definitionsOf(Stack.of(construct(limits)))[DEFAULT_QUERY];
  return { timeoutSeconds, resultReuseSeconds, resultRetentionSeconds };
}

describe('the definitions and environment of the functions', () => {
  it('have a timeout of 15 minutes, no reuse, and a retention of 1 hour by default', () => {
    expect(timesOf({})).toEqual({ timeoutSeconds: 900, resultReuseSeconds: 0, resultRetentionSeconds: 3600 });
  });

  it.each<[string, Limits, object]>([
    ['the timeout', { timeout: Duration.minutes(5) }, { timeoutSeconds: 300 }],
    ['the minimum timeout', { timeout: Duration.seconds(1) }, { timeoutSeconds: 1 }],
    ['the maximum timeout', { timeout: Duration.hours(24) }, { timeoutSeconds: 86_400 }],
    ['a retention of 1 hour when the reuse is shorter', { resultReuse: Duration.minutes(10) }, { resultReuseSeconds: 600, resultRetentionSeconds: 3600 }],
    ['the retention of the reuse when the reuse is longer than 1 hour', { resultReuse: Duration.hours(2) }, { resultReuseSeconds: 7200, resultRetentionSeconds: 7200 }],
    ['the maximum reuse', { resultReuse: Duration.days(7) }, { resultReuseSeconds: 604_800, resultRetentionSeconds: 604_800 }],
    ['a retention equal to the reuse', { resultReuse: Duration.hours(2), resultRetention: Duration.minutes(120) }, { resultReuseSeconds: 7200, resultRetentionSeconds: 7200 }],
    ['no retention', { resultRetention: Duration.seconds(0) }, { resultRetentionSeconds: 0 }],
    ['the maximum retention', { resultRetention: Duration.days(7) }, { resultRetentionSeconds: 604_800 }],
    ['integer seconds when the props have other units', { timeout: Duration.millis(90_000), resultReuse: Duration.minutes(0.5) }, { timeoutSeconds: 90, resultReuseSeconds: 30 }],
  ])('have %s', (_, limits, times) => {
    expect(timesOf(limits)).toMatchObject(times);
  });

  it.each<[string, Limits['reconnectGracePeriod'], number]>([
    ['1 minute by default', undefined, 60],
    ['zero', Duration.seconds(0), 0],
    ['the maximum duration of a statement', Duration.hours(24), 86_400],
  ])('have %s as reconnectGracePeriod', (_, reconnectGracePeriod, seconds) => {
    expect(definitionsOf(Stack.of(construct({ reconnectGracePeriod })))[DEFAULT_QUERY]).toMatchObject({ reconnectGraceSeconds: seconds });
  });

  it.each([[undefined, '20'], [1, '1'], [1000, '1000']])('have the limit of a connection when maxQueriesPerConnection is %p: %s', (maxQueriesPerConnection, expected) => {
    const template = templateOf({ maxQueriesPerConnection });
    expect(environmentOf(template, 'on-connect')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: expected });
    expect(environmentOf(template, 'on-message')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: expected });
  });

  it.each([[undefined, '100'], [1, '1'], [10_000, '10000']])('have the limit of a caller when maxQueriesPerCaller is %p: %s', (maxQueriesPerCaller, expected) => {
    const template = templateOf({ maxQueriesPerCaller });
    expect(environmentOf(template, 'on-connect')).toMatchObject({ MAX_QUERIES_PER_CALLER: expected });
    expect(environmentOf(template, 'on-message')).toMatchObject({ MAX_QUERIES_PER_CALLER: expected });
  });

  it('have a maxQueriesPerCaller that is known only at deployment', () => {
    const stack = newStack();
    const maxQueriesPerCaller = new CfnParameter(stack, 'Queries', { type: 'Number' }).valueAsNumber;
    expect(environmentOf(templateOf({ maxQueriesPerCaller }, stack), 'on-message')).toMatchObject({ MAX_QUERIES_PER_CALLER: { Ref: 'Queries' } });
  });

  it.each<[string, Limits['throttle'], string, string]>([
    ['nothing', undefined, '1000', '2000'],
    ['only the rate limit', { rateLimit: 50 }, '50', '2000'],
    ['only the burst limit', { burstLimit: 5 }, '1000', '5'],
    ['both', { rateLimit: 50, burstLimit: 5 }, '50', '5'],
  ])('have the throttle of the stage when it configures %s', (_, throttle, rate, burst) => {
    const template = templateOf({ throttle });
    expect(environmentOf(template, 'on-message')).toMatchObject({ MESSAGES_PER_SECOND: rate, MESSAGE_BURST: burst });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: Number(rate), ThrottlingBurstLimit: Number(burst) },
    });
  });

  it('have a maxQueriesPerConnection that is known only at deployment', () => {
    const stack = newStack();
    const maxQueriesPerConnection = new CfnParameter(stack, 'Queries', { type: 'Number' }).valueAsNumber;
    expect(environmentOf(templateOf({ maxQueriesPerConnection }, stack), 'on-message')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: { Ref: 'Queries' } });
  });
});

describe('RedshiftWebSocketQuery with invalid limits', () => {
  const known = Lazy.number({ produce: () => 60 });

  it.each<[string, Limits, string]>([
    ['the timeout is zero', { timeout: Duration.seconds(0) }, 'timeout is Duration.seconds(0): give at least 1 second'],
    ['the timeout exceeds the maximum of the Data API', { timeout: Duration.hours(25) },
      'timeout is Duration.hours(25): give at most 24 hours, the maximum duration of a statement in the Redshift Data API'],
    ['the timeout is not in integer seconds', { timeout: Duration.millis(1500) }, 'timeout is Duration.millis(1500): give an integer number of seconds'],
    ['the timeout is a token', { timeout: Duration.seconds(known) }, 'timeout must be known at synthesis, but is a token: write it out'],
    ['the grace period exceeds the maximum of the Data API', { reconnectGracePeriod: Duration.hours(25) },
      'reconnectGracePeriod is Duration.hours(25): give at most 24 hours, the maximum duration of a statement in the Redshift Data API'],
    ['the grace period is not in integer seconds', { reconnectGracePeriod: Duration.millis(1500) }, 'reconnectGracePeriod is Duration.millis(1500): give an integer number of seconds'],
    ['the grace period is a token', { reconnectGracePeriod: Duration.seconds(known) }, 'reconnectGracePeriod must be known at synthesis, but is a token: write it out'],
    ['the reuse exceeds the maximum retention', { resultReuse: Duration.days(8) }, 'resultReuse is Duration.days(8): give at most 7 days'],
    ['the reuse is not in integer seconds', { resultReuse: Duration.millis(1) }, 'resultReuse is Duration.millis(1): give an integer number of seconds'],
    ['the reuse is a token', { resultReuse: Duration.minutes(known) }, 'resultReuse must be known at synthesis, but is a token: write it out'],
    ['the retention exceeds 7 days', { resultRetention: Duration.days(8) }, 'resultRetention is Duration.days(8): give at most 7 days'],
    ['the reuse exceeds the retention', { resultReuse: Duration.minutes(10), resultRetention: Duration.minutes(9) },
      'resultRetention is Duration.minutes(9), but resultReuse is Duration.minutes(10): a result is reused only while it is stored, so give at least as much, or omit resultRetention'],
    ['the retention is not in integer seconds', { resultRetention: Duration.hours(0.0001) }, 'resultRetention is Duration.hours(0.0001): give an integer number of seconds'],
    ['the retention is a token', { resultRetention: Duration.days(known) }, 'resultRetention must be known at synthesis, but is a token: write it out'],
    ['the number of rows is a token', { maxRows: known }, 'maxRows must be known at synthesis, but is a token: write it out'],
    ['the size of a result is a token', { maxResultSize: Size.bytes(known) }, 'maxResultSize must be known at synthesis, but is a token: write it out'],
    ['maxQueriesPerConnection is zero', { maxQueriesPerConnection: 0 }, 'maxQueriesPerConnection is 0: give an integer from 1 to 1000'],
    ['maxQueriesPerConnection is not an integer', { maxQueriesPerConnection: 1.5 }, 'maxQueriesPerConnection is 1.5: give an integer from 1 to 1000'],
    ['maxQueriesPerConnection is too large', { maxQueriesPerConnection: 1001 }, 'maxQueriesPerConnection is 1001: give an integer from 1 to 1000'],
    ['maxQueriesPerCaller is zero', { maxQueriesPerCaller: 0 }, 'maxQueriesPerCaller is 0: give an integer from 1 to 10000'],
    ['maxQueriesPerCaller is too large', { maxQueriesPerCaller: 10_001 }, 'maxQueriesPerCaller is 10001: give an integer from 1 to 10000'],
    ['the rate limit is less than 1', { throttle: { rateLimit: 0.5 } }, 'throttle.rateLimit is 0.5: give an integer of at least 1'],
    ['the burst limit is zero', { throttle: { burstLimit: 0 } }, 'throttle.burstLimit is 0: give an integer of at least 1'],
  ])('throws when %s', (_, limits, message) => {
    expect(() => construct(limits)).toThrow(message);
  });
});
