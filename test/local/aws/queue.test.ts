import { Queue } from '../../../local/aws/sqs/queue';
import type { QueuePlan } from '../../../local/aws/sqs/queue-plan';

const PLAN: QueuePlan = {
  logicalId: 'Queue',
  name: 'queue',
  arn: 'arn:aws:sqs:us-east-1:111122223333:queue',
  url: 'https://sqs.us-east-1.amazonaws.com/111122223333/queue',
  delaySeconds: 0,
  maxMessageBytes: 1024,
  retentionSeconds: 60,
  visibilitySeconds: 30,
};

const open: Queue[] = [];

function makeQueue(plan: Partial<QueuePlan> = {}): Queue {
  const queue = new Queue({ ...PLAN, ...plan }, { log: () => {}, trace: () => {} });
  open.push(queue);
  return queue;
}

describe('Queue', () => {
  afterEach(() => {
    // With the timers that they were opened with.
    open.splice(0).forEach((queue) => queue.close());
    jest.useRealTimers();
  });

  it('handles 20,000 messages and 20,000 delayed messages', () => {
    const queue = makeQueue();
    for (let index = 0; index < 20_000; index += 1) {
      queue.send(`message ${index}`);
      queue.send(`later ${index}`, { delaySeconds: 900 });
    }
    const bodies = new Set<string>();
    for (let batch = queue.receive(10); batch.length > 0; batch = queue.receive(10)) {
      batch.forEach(({ body, receiptHandle }) => {
        bodies.add(body);
        queue.delete(receiptHandle);
      });
    }
    expect(bodies.size).toBe(20_000);
    expect(queue.depth()).toEqual({ visible: 0, delayed: 20_000, inFlight: 0 });
  });

  it('calls a listener once when several messages become visible', async () => {
    const queue = makeQueue();
    const received: number[] = [];
    queue.onVisible(() => received.push(queue.receive(10).length));
    queue.send('a');
    queue.send('b');
    await new Promise(setImmediate);
    expect(received).toEqual([2]);
  });

  it('accepts a receipt handle until the message is received again', () => {
    jest.useFakeTimers();
    const queue = makeQueue();
    queue.send('again');
    const [first] = queue.receive(1);
    jest.advanceTimersByTime(30_000);
    const [second] = queue.receive(1);
    queue.delete(first.receiptHandle);
    expect(queue.depth().inFlight).toBe(1);
    expect(second.receiveCount).toBe(2);
    queue.delete(second.receiptHandle);
    expect(queue.depth()).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  });

  it('ends delays and visibility timeouts earlier when the clock advances', () => {
    const queue = makeQueue({ visibilitySeconds: 30 });
    queue.send('delayed', { delaySeconds: 60 });
    queue.send('received');
    queue.receive(1);
    queue.advance(29);
    expect(queue.depth()).toEqual({ visible: 0, delayed: 1, inFlight: 1 });
    queue.advance(1);
    expect(queue.depth()).toEqual({ visible: 1, delayed: 1, inFlight: 0 });
    queue.advance(30);
    expect(queue.depth()).toEqual({ visible: 2, delayed: 0, inFlight: 0 });
  });

  it('removes a message when its retention expires, even in flight', () => {
    jest.useFakeTimers();
    const queue = makeQueue({ visibilitySeconds: 100 });
    queue.send('held');
    queue.send('free');
    queue.receive(1);
    jest.advanceTimersByTime(59_999);
    expect(queue.peek()).toHaveLength(2);
    jest.advanceTimersByTime(1);
    expect(queue.receive(10)).toEqual([]);
    expect(queue.peek()).toEqual([]);
  });

  it('rejects messages and has no timer when closed', () => {
    jest.useFakeTimers();
    const queue = makeQueue();
    queue.send('later', { delaySeconds: 10 });
    queue.close();
    queue.send('too late', { delaySeconds: 10 });
    expect(queue.peek()).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
