import { removeAssemblies, writeAssembly } from './fixture/assembly';
import type { Resources } from './fixture/assembly';
import { eventually, startLocal } from './fixture/local';
import type { EventDeliveryFaults } from '../../../local/aws';
import { eventPattern } from '../../../local/aws/event-bridge/event-pattern';
import { RandomNumbers } from '../../../local/taxi/random-numbers';

const EVENT = {
  'source': 'aws.redshift-data',
  'detail-type': 'Redshift Data Statement Status Change',
  'resources': ['a', 'b'],
  'detail': { name: 'trips-1', state: 'FINISHED', rows: 31, error: null, nested: { deep: 'X' }, flags: ['red', 'green'] },
};

describe('eventPattern', () => {
  it.each([
    ['an exact value', { source: ['aws.redshift-data'] }, true],
    ['one of several values', { detail: { state: ['FAILED', 'FINISHED'] } }, true],
    ['another value', { detail: { state: ['FAILED'] } }, false],
    ['all of its keys', { source: ['aws.redshift-data'], detail: { state: ['FAILED'] } }, false],
    ['null', { detail: { error: [null] } }, true],
    ['a number', { detail: { rows: [31] } }, true],
    ['a number as a string', { detail: { rows: ['31'] } }, false],
    ['an item of a list', { resources: ['b'] }, true],
    ['a nested value', { detail: { nested: { deep: ['X'] } } }, true],
    ['a value below one that is missing', { detail: { gone: { deep: ['X'] } } }, false],
    ['a prefix', { detail: { name: [{ prefix: 'trips-' }] } }, true],
    ['another prefix', { detail: { name: [{ prefix: 'zones-' }] } }, false],
    ['a prefix in any case', { detail: { name: [{ prefix: { 'equals-ignore-case': 'TRIPS' } }] } }, true],
    ['a suffix', { detail: { name: [{ suffix: '-1' }] } }, true],
    ['another suffix', { detail: { name: [{ suffix: '-2' }] } }, false],
    ['anything but a value', { detail: { state: [{ 'anything-but': 'FAILED' }] } }, true],
    ['anything but its own value', { detail: { state: [{ 'anything-but': ['FAILED', 'FINISHED'] }] } }, false],
    ['anything but a prefix', { detail: { name: [{ 'anything-but': { prefix: 'trips' } }] } }, false],
    ['anything but another prefix', { detail: { name: [{ 'anything-but': { prefix: 'zones' } }] } }, true],
    ['anything but, on a value that is missing', { detail: { gone: [{ 'anything-but': 'x' }] } }, false],
    ['a range', { detail: { rows: [{ numeric: ['>', 0, '<=', 31] }] } }, true],
    ['a range that ends before', { detail: { rows: [{ numeric: ['>', 0, '<', 31] }] } }, false],
    ['existence', { detail: { name: [{ exists: true }] } }, true],
    ['existence of a missing value', { detail: { gone: [{ exists: true }] } }, false],
    ['absence', { detail: { gone: [{ exists: false }] } }, true],
    ['absence below a missing value', { detail: { gone: { deep: [{ exists: false }] } } }, true],
    ['absence of a present value', { detail: { name: [{ exists: false }] } }, false],
    ['any case', { detail: { nested: { deep: [{ 'equals-ignore-case': 'x' }] } } }, true],
    ['a wildcard', { detail: { name: [{ wildcard: 't*s-*' }] } }, true],
    ['a wildcard with a star of its own', { detail: { name: [{ wildcard: 't\\*s-1' }] } }, false],
    ['one of two alternatives', { $or: [{ source: ['x'] }, { detail: { rows: [{ numeric: ['=', 31] }] } }] }, true],
    ['two alternatives that do not match', { detail: { $or: [{ state: ['x'] }, { name: ['x'] }] } }, false],
  ])('evaluates %s: %j', (_, pattern, matches) => {
    expect(eventPattern(pattern)(EVENT)).toBe(matches);
  });

  it.each([
    [{ detail: { ip: [{ cidr: '10.0.0.0/8' }] } }, 'has {"cidr":"10.0.0.0/8"} at detail.ip, which is not supported'],
    [{ detail: { rows: [{ numeric: ['~', 3] }] } }, 'invalid at detail.rows: numeric is ["~",3]'],
    [{ detail: { name: [{ 'anything-but': { numeric: ['=', 1] } }] } }, 'anything-but {"numeric":["=",1]} at detail.name'],
    [{ source: 'aws.redshift-data' }, 'invalid at source: "aws.redshift-data": use a list or an object'],
    [{}, 'the event pattern is empty'],
    [{ $or: [{ source: ['x'] }] }, 'invalid at $or: use a list of two or more objects'],
  ])('throws with the path when the pattern is invalid or not supported: %j', (pattern, problem) => {
    expect(() => eventPattern(pattern)).toThrow(problem);
  });
});

const RULE: Resources = {
  Queue: { Type: 'AWS::SQS::Queue' },
  Other: { Type: 'AWS::SQS::Queue' },
  Policy: {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: 'Queue' }, { Ref: 'Other' }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Principal: { Service: 'events.amazonaws.com' }, Resource: '*' }] },
    },
  },
  Rule: rule('Queue', 'ENABLED', 'trips-'),
  OtherRule: rule('Other', 'ENABLED', 'zones-'),
  Disabled: rule('Other', 'DISABLED', 'trips-'),
};

function rule(queueId: string, state: string, prefix: string): Resources[string] {
  return {
    Type: 'AWS::Events::Rule',
    Properties: { State: state, EventPattern: { detail: { name: [{ prefix }] } }, Targets: [{ Id: 'Queue', Arn: { 'Fn::GetAtt': [queueId, 'Arn'] } }] },
  };
}

describe('an event', () => {
  afterAll(removeAssemblies);

  async function deliver(eventDelivery?: EventDeliveryFaults) {
    const local = await startLocal(writeAssembly({ resources: RULE }), { eventDelivery });
    local.aws.putEvent(EVENT);
    const depths = local.aws.queueDepths();
    await local.aws.close();
    return { depths, outcomes: local.events.flatMap((event) => event.kind === 'event' ? [`${event.rule} ${event.outcome}`] : []) };
  }

  it('is delivered only to the queue of the matching rule', async () => {
    const { depths, outcomes } = await deliver();
    expect([depths.Queue.visible, depths.Other.visible]).toEqual([1, 0]);
    expect(outcomes).toEqual(['Rule delivered']);
  });

  it('is delivered twice, lost or delayed when configured', async () => {
    expect((await deliver({ duplicate: 1 })).depths.Queue.visible).toBe(2);
    expect((await deliver({ lose: 1 })).outcomes).toEqual(['Rule lost']);
    const delayed = await deliver({ delay: { probability: 1, milliseconds: 60_000 } });
    expect([delayed.depths.Queue.visible, delayed.outcomes]).toEqual([0, ['Rule delayed']]);
    expect((await deliver({ lose: 0.5, random: () => 0.5 })).outcomes).toEqual(['Rule delivered']);
  });

  it('is delivered once when delayed events are delivered early', async () => {
    const { aws } = await startLocal(writeAssembly({ resources: RULE }), { eventDelivery: { delay: { probability: 1, milliseconds: 60_000 } } });
    aws.putEvent(EVENT);
    expect(aws.pendingEvents()).toBe(1);
    aws.deliverDelayedEvents();
    aws.deliverDelayedEvents();
    expect([aws.pendingEvents(), aws.queueDepths().Queue.visible]).toEqual([0, 1]);
    await aws.close();
  });

  it('is duplicated, lost and delayed at the configured rates, repeatably for a seed', async () => {
    const first = await deliverMany(7);
    const share = (outcome: string) => first.filter((other) => other === `Rule ${outcome}`).length / EVENTS;
    expect(share('lost')).toBeCloseTo(0.1, 1);
    expect(first.length / EVENTS).toBeCloseTo(0.1 + 0.9 * 1.5, 1);
    expect(share('delayed')).toBeCloseTo(0.9 * 1.5 * 0.3, 1);
    expect(await deliverMany(7)).toEqual(first);
    expect(await deliverMany(8)).not.toEqual(first);
  });

  const EVENTS = 2000;

  /** Delivers events until the last delayed one arrives; returns the outcome of each copy. */
  async function deliverMany(seed: number): Promise<string[]> {
    const numbers = new RandomNumbers(seed);
    const random = () => numbers.below(1_000_000) / 1_000_000;
    const eventDelivery = { duplicate: 0.5, lose: 0.1, delay: { probability: 0.3, atLeast: 1, milliseconds: 50 }, random };
    const local = await startLocal(writeAssembly({ resources: RULE }), { eventDelivery });
    Array.from({ length: EVENTS }, () => local.aws.putEvent(EVENT));
    const outcomes = local.events.flatMap((event) => event.kind === 'event' ? [`${event.rule} ${event.outcome}`] : []);
    const copies = outcomes.filter((outcome) => outcome !== 'Rule lost').length;
    expect(local.aws.queueDepths().Queue.visible).toBeLessThan(copies);
    await eventually(() => local.aws.queueDepths().Queue.visible === copies);
    await local.aws.close();
    return outcomes;
  }
});
