import { RecentChunks } from '../../../src/runtime/aws/dynamodb/recent-chunks';
import type { MessageBatch } from '../../../src/runtime/model/ports';

function packOf(messages: number, bytes: number): MessageBatch {
  return { offset: 0, lengths: Array<number>(messages).fill(1), data: new Uint8Array(bytes) };
}

/** Ten bytes under the number 0. */
function chunk(run: string) {
  return { run, seq: 0, batches: [packOf(1, 5), packOf(1, 5)], expiresAt: 1 };
}

test('find returns the chunk that contains the message, of the same run only', () => {
  const pieces = new RecentChunks(100);
  const [first, second] = [chunk('a'), { ...chunk('a'), seq: 2 }];
  pieces.add(first);
  pieces.add(second);
  expect([0, 1, 2, 3, 4].map((seq) => pieces.find('a', seq))).toEqual([first, first, second, second, undefined]);
  expect(pieces.find('b', 0)).toBeUndefined();
});

test('add removes the least recently used chunk when the bytes exceed the maximum', () => {
  const pieces = new RecentChunks(20);
  pieces.add(chunk('a'));
  pieces.add(chunk('b'));
  pieces.find('a', 1);
  pieces.add(chunk('c'));
  expect(['a', 'b', 'c'].map((run) => pieces.find(run, 0)?.run)).toEqual(['a', undefined, 'c']);
});

test('add counts a chunk once when it is added again', () => {
  const pieces = new RecentChunks(20);
  for (const run of ['a', 'b', 'b', 'b']) {
    pieces.add(chunk(run));
  }
  expect(['a', 'b'].map((run) => pieces.find(run, 0)?.run)).toEqual(['a', 'b']);
});

test('add ignores a chunk that exceeds the maximum alone', () => {
  const pieces = new RecentChunks(12);
  pieces.add({ ...chunk('a'), batches: [packOf(1, 13)] });
  expect(pieces.find('a', 0)).toBeUndefined();
  pieces.add(chunk('b'));
  expect(pieces.find('b', 0)).toEqual(chunk('b'));
});
