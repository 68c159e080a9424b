import { setImmediate } from 'node:timers/promises';
import { ReadWriteLock } from '../../../local/aws/dynamodb/read-write-lock';

describe('ReadWriteLock', () => {
  /** Records the starts and ends of work, which ends on request. */
  function recorder() {
    const lock = new ReadWriteLock();
    const events: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const work = (name: string) => async () => new Promise<string>((resolve, reject) => {
      events.push(`${name} starts`);
      ends.set(name, (error) => {
        events.push(`${name} ends`);
        return error === undefined ? resolve(name) : reject(error);
      });
    });
    const end = async (name: string, error?: Error) => {
      ends.get(name)!(error);
      await setImmediate();
    };
    return { lock, events, work, end };
  }

  it('runs shared work side by side, and exclusive work alone', async () => {
    const { lock, events, work, end } = recorder();
    const results = [lock.runShared(work('a')), lock.runShared(work('b')), lock.runExclusive(work('C')), lock.runExclusive(work('D')), lock.runShared(work('e'))];
    await setImmediate();
    for (const name of ['b', 'a', 'C', 'D', 'e']) {
      await end(name);
    }
    expect(events).toEqual(['a starts', 'b starts', 'b ends', 'a ends', 'C starts', 'C ends', 'D starts', 'D ends', 'e starts', 'e ends']);
    expect(await Promise.all(results)).toEqual(['a', 'b', 'C', 'D', 'e']);
  });

  it('continues after work that fails', async () => {
    const { lock, work, end } = recorder();
    const results = Promise.allSettled([lock.runShared(work('a')), lock.runExclusive(work('B')), lock.runShared(work('c'))]);
    await setImmediate();
    await end('a', new Error('a failed'));
    await end('B', new Error('B failed'));
    await end('c');
    expect(await results).toMatchObject([{ reason: new Error('a failed') }, { reason: new Error('B failed') }, { value: 'c' }]);
  });
});
