import { Meter } from '../../bench/pipeline/usage/meter';

const QUEUE = { rule: 'Rule', detailType: 'ended', queue: 'Queue' } as const;

function access(action: string) {
  return { kind: 'access', allowed: true, principal: 'role', action, resource: 'queue', context: {} } as const;
}

describe('Meter', () => {
  it('bills messages, invocations by memory, and the requests of events and mappings', () => {
    const meter = new Meter({ OnMessage: 512 });
    meter.trace({ kind: 'message', connectionId: 'c', routeKey: '$default', bytes: 33_000 });
    meter.trace({ kind: 'invoke-end', function: 'OnMessage', requestId: 'r', milliseconds: 99.5 });
    meter.trace({ kind: 'event', ...QUEUE, outcome: 'delayed' });
    meter.trace({ kind: 'event', ...QUEUE, outcome: 'lost' });
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:SendMessage'].forEach((action) => meter.trace(access(action)));
    const { usage, functions } = meter.reset();
    expect(usage).toMatchObject({ apiMessages: 2, invocations: 1, gigabyteSeconds: 0.05, queueRequests: 3 });
    expect(functions).toEqual({ OnMessage: { invocations: 1, milliseconds: 99.5 } });
    expect(meter.reset()).toMatchObject({ calls: [], functions: {} });
  });

  it('doesn\'t bill events and mappings when they are only a substitute', () => {
    const meter = new Meter({});
    meter.areQueueEventsBilled = false;
    meter.trace({ kind: 'event', ...QUEUE, outcome: 'delivered' });
    meter.trace(access('sqs:ReceiveMessage'));
    expect(meter.reset().usage.queueRequests).toBe(0);
  });
});
