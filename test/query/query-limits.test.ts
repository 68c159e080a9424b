import { CfnParameter, Duration, Lazy, Size, Stack } from 'aws-cdk-lib';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { DEFAULT_QUERY } from '../../src/shared/query-definitions';
import { construct, definitionsOf, environmentOf, newStack, templateOf } from '../support/construct';

type Limits = Partial<RedshiftWebSocketQueryProps>;

/** What the functions are told of the times of the query. */
function timesOf(limits: Limits): object {
  const { timeoutSeconds, resultReuseSeconds, resultRetentionSeconds } = definitionsOf(Stack.of(construct(limits)))[DEFAULT_QUERY];
  return { timeoutSeconds, resultReuseSeconds, resultRetentionSeconds };
}

describe('the functions are told', () => {
  test('a time limit of a quarter of an hour, no reuse, and an hour of retention, where nothing is said', () => {
    expect(timesOf({})).toEqual({ timeoutSeconds: 900, resultReuseSeconds: 0, resultRetentionSeconds: 3600 });
  });

  test.each<[string, Limits, object]>([
    ['the time limit', { timeout: Duration.minutes(5) }, { timeoutSeconds: 300 }],
    ['the shortest time limit', { timeout: Duration.seconds(1) }, { timeoutSeconds: 1 }],
    ['the longest time limit', { timeout: Duration.hours(24) }, { timeoutSeconds: 86_400 }],
    ['a reuse that is shorter than an hour, and an hour of retention', { resultReuse: Duration.minutes(10) }, { resultReuseSeconds: 600, resultRetentionSeconds: 3600 }],
    ['a reuse that is longer, and as long a retention', { resultReuse: Duration.hours(2) }, { resultReuseSeconds: 7200, resultRetentionSeconds: 7200 }],
    ['the longest reuse', { resultReuse: Duration.days(7) }, { resultReuseSeconds: 604_800, resultRetentionSeconds: 604_800 }],
    ['a retention as long as the reuse', { resultReuse: Duration.hours(2), resultRetention: Duration.minutes(120) }, { resultReuseSeconds: 7200, resultRetentionSeconds: 7200 }],
    ['no retention', { resultRetention: Duration.seconds(0) }, { resultRetentionSeconds: 0 }],
    ['the longest retention', { resultRetention: Duration.days(7) }, { resultRetentionSeconds: 604_800 }],
    ['whole seconds, in whichever unit they are given', { timeout: Duration.millis(90_000), resultReuse: Duration.minutes(0.5) }, { timeoutSeconds: 90, resultReuseSeconds: 30 }],
  ])('%s', (_, limits, times) => {
    expect(timesOf(limits)).toMatchObject(times);
  });

  test.each<[string, Limits['reconnectGracePeriod'], number]>([
    ['a minute by default', undefined, 60],
    ['none', Duration.seconds(0), 0],
    ['as long as a statement can run', Duration.hours(24), 86_400],
  ])('how long a query runs without a client: %s', (_, reconnectGracePeriod, seconds) => {
    expect(definitionsOf(Stack.of(construct({ reconnectGracePeriod })))[DEFAULT_QUERY]).toMatchObject({ reconnectGraceSeconds: seconds });
  });

  test.each([[undefined, '20'], [1, '1'], [1000, '1000']])('for %p queries on a connection, that there may be %s', (maxQueriesPerConnection, expected) => {
    const template = templateOf({ maxQueriesPerConnection });
    expect(environmentOf(template, 'on-connect')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: expected });
    expect(environmentOf(template, 'on-message')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: expected });
  });

  test.each([[undefined, '100'], [1, '1'], [10_000, '10000']])('for %p queries of a caller, that there may be %s', (maxQueriesPerCaller, expected) => {
    const template = templateOf({ maxQueriesPerCaller });
    expect(environmentOf(template, 'on-connect')).toMatchObject({ MAX_QUERIES_PER_CALLER: expected });
    expect(environmentOf(template, 'on-message')).toMatchObject({ MAX_QUERIES_PER_CALLER: expected });
  });

  test('a number of queries of a caller that becomes known only at deployment', () => {
    const stack = newStack();
    const maxQueriesPerCaller = new CfnParameter(stack, 'Queries', { type: 'Number' }).valueAsNumber;
    expect(environmentOf(templateOf({ maxQueriesPerCaller }, stack), 'on-message')).toMatchObject({ MAX_QUERIES_PER_CALLER: { Ref: 'Queries' } });
  });

  test.each<[string, Limits['throttle'], string, string]>([
    ['nothing', undefined, '1000', '2000'],
    ['only how many a second', { rateLimit: 50 }, '50', '2000'],
    ['only how many at once', { burstLimit: 5 }, '1000', '5'],
    ['both', { rateLimit: 50, burstLimit: 5 }, '50', '5'],
  ])('what the stage throttles to where %s is said of it', (_, throttle, rate, burst) => {
    const template = templateOf({ throttle });
    expect(environmentOf(template, 'on-message')).toMatchObject({ MESSAGES_PER_SECOND: rate, MESSAGE_BURST: burst });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: Number(rate), ThrottlingBurstLimit: Number(burst) },
    });
  });

  test('a number of queries on a connection that becomes known only at deployment', () => {
    const stack = newStack();
    const maxQueriesPerConnection = new CfnParameter(stack, 'Queries', { type: 'Number' }).valueAsNumber;
    expect(environmentOf(templateOf({ maxQueriesPerConnection }, stack), 'on-message')).toMatchObject({ MAX_QUERIES_PER_CONNECTION: { Ref: 'Queries' } });
  });
});

describe('fails when', () => {
  const known = Lazy.number({ produce: () => 60 });

  test.each<[string, Limits, string]>([
    ['there is no time for a query', { timeout: Duration.seconds(0) }, 'timeout is Duration.seconds(0): give at least 1 second'],
    ['a query may take longer than the Data API runs it', { timeout: Duration.hours(25) },
      'timeout is Duration.hours(25): give at most 24 hours, the maximum duration of a statement in the Redshift Data API'],
    ['the time limit has a part of a second', { timeout: Duration.millis(1500) }, 'timeout is Duration.millis(1500): give an integer number of seconds'],
    ['the time limit is a token', { timeout: Duration.seconds(known) }, 'timeout must be known at synthesis, but is a token: write it out'],
    ['a query may run without a client for longer than the Data API runs it', { reconnectGracePeriod: Duration.hours(25) },
      'reconnectGracePeriod is Duration.hours(25): give at most 24 hours, the maximum duration of a statement in the Redshift Data API'],
    ['the grace period has a part of a second', { reconnectGracePeriod: Duration.millis(1500) }, 'reconnectGracePeriod is Duration.millis(1500): give an integer number of seconds'],
    ['the grace period is a token', { reconnectGracePeriod: Duration.seconds(known) }, 'reconnectGracePeriod must be known at synthesis, but is a token: write it out'],
    ['a result is to be reused for longer than it can be kept', { resultReuse: Duration.days(8) }, 'resultReuse is Duration.days(8): give at most 7 days'],
    ['the reuse has a part of a second', { resultReuse: Duration.millis(1) }, 'resultReuse is Duration.millis(1): give an integer number of seconds'],
    ['the reuse is a token', { resultReuse: Duration.minutes(known) }, 'resultReuse must be known at synthesis, but is a token: write it out'],
    ['a result is to be kept for more than a week', { resultRetention: Duration.days(8) }, 'resultRetention is Duration.days(8): give at most 7 days'],
    ['a result is to be reused for longer than it is kept', { resultReuse: Duration.minutes(10), resultRetention: Duration.minutes(9) },
      'resultRetention is Duration.minutes(9), but resultReuse is Duration.minutes(10): a result is reused only while it is stored, so give at least as much, or omit resultRetention'],
    ['the retention has a part of a second', { resultRetention: Duration.hours(0.0001) }, 'resultRetention is Duration.hours(0.0001): give an integer number of seconds'],
    ['the retention is a token', { resultRetention: Duration.days(known) }, 'resultRetention must be known at synthesis, but is a token: write it out'],
    ['the number of rows is a token', { maxRows: known }, 'maxRows must be known at synthesis, but is a token: write it out'],
    ['the size of a result is a token', { maxResultSize: Size.bytes(known) }, 'maxResultSize must be known at synthesis, but is a token: write it out'],
    ['a connection may ask nothing', { maxQueriesPerConnection: 0 }, 'maxQueriesPerConnection is 0: give an integer from 1 to 1000'],
    ['a connection may ask a part of a query', { maxQueriesPerConnection: 1.5 }, 'maxQueriesPerConnection is 1.5: give an integer from 1 to 1000'],
    ['a connection may ask too much', { maxQueriesPerConnection: 1001 }, 'maxQueriesPerConnection is 1001: give an integer from 1 to 1000'],
    ['a caller may ask nothing', { maxQueriesPerCaller: 0 }, 'maxQueriesPerCaller is 0: give an integer from 1 to 10000'],
    ['a caller may ask too much', { maxQueriesPerCaller: 10_001 }, 'maxQueriesPerCaller is 10001: give an integer from 1 to 10000'],
    ['the API takes less than a message a second', { throttle: { rateLimit: 0.5 } }, 'throttle.rateLimit is 0.5: give an integer of at least 1'],
    ['the API takes nothing at once', { throttle: { burstLimit: 0 } }, 'throttle.burstLimit is 0: give an integer of at least 1'],
  ])('%s', (_, limits, message) => {
    expect(() => construct(limits)).toThrow(message);
  });
});
