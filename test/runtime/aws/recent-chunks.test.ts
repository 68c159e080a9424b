import { RecentChunks } from '../../../src/runtime/aws/dynamodb/recent-chunks';
import type { MessageBatch } from '../../../src/runtime/model/stored-batches';

function batchOf(messages: number, bytes: number): MessageBatch {
  return { offset: 0, lengths: Array<number>(messages).fill(1), data: new Uint8Array(bytes) };
}

/** Ten bytes under the number 0. */
function chunk(run: string) {
  return { run, seq: 0, batches: [batchOf(1, 5), batchOf(1, 5)], expiresAt: 1 };
}

test('find returns the chunk that contains the message, of the same run only', () => {
  const chunks = new RecentChunks(100);
  const [first, second] = [chunk('a'), { ...chunk('a'), seq: 2 }];
  chunks.add(first);
  chunks.add(second);
  expect([0, 1, 2, 3, 4].map((seq) => chunks.find('a', seq))).toEqual([first, first, second, second, undefined]);
  expect(chunks.find('b', 0)).toBeUndefined();
});

test('add removes the least recently used chunk when the bytes exceed the maximum', () => {
  const chunks = new RecentChunks(20);
  chunks.add(chunk('a'));
  chunks.add(chunk('b'));
  chunks.find('a', 1);
  chunks.add(chunk('c'));
  expect(['a', 'b', 'c'].map((run) => chunks.find(run, 0)?.run)).toEqual(['a', undefined, 'c']);
});

test('add counts a chunk once when it is added again', () => {
  const chunks = new RecentChunks(20);
  for (const run of ['a', 'b', 'b', 'b']) {
    chunks.add(chunk(run));
  }
  expect(['a', 'b'].map((run) => chunks.find(run, 0)?.run)).toEqual(['a', 'b']);
});

test('add ignores a chunk that exceeds the maximum alone', () => {
  const chunks = new RecentChunks(12);
  chunks.add({ ...chunk('a'), batches: [batchOf(1, 13)] });
  expect(chunks.find('a', 0)).toBeUndefined();
  chunks.add(chunk('b'));
  expect(chunks.find('b', 0)).toEqual(chunk('b'));
});
