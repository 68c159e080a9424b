import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { CompressedRowsMessage } from '../../src/protocol/messages';

const PROTOCOL = readFileSync(join(__dirname, '../../docs/protocol.md'), 'utf8');

/** The JSON examples in the protocol. */
function examples(): any[] {
  return [...PROTOCOL.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json));
}

it('shows messages as valid JSON in docs/protocol.md', () => {
  expect(examples().map(({ type }) => type)).toEqual(expect.arrayContaining(['query', 'resume', 'accepted', 'rows', 'complete', 'error']));
});

it('shows a compressed message in docs/protocol.md that contains the plain one and the next one', () => {
  const [plain] = examples().filter(({ type, encoding }) => type === 'rows' && encoding === undefined);
  const [compressed]: CompressedRowsMessage[] = examples().filter(({ encoding }) => encoding === 'gzip');
  const messages = JSON.parse(gunzipSync(Buffer.from(compressed.data, 'base64')).toString());
  expect(messages[0]).toEqual(plain);
  expect(messages.map(({ seq, offset }: CompressedRowsMessage) => [seq, offset])).toEqual([[0, 0], [1, 2]]);
  expect(compressed).toMatchObject({ seq: 0, offset: 0, messages: 2 });
});

it('shows a browser function in docs/protocol.md that decompresses the message', async () => {
  const [, source] = /```js\n(async function unpack.*?)```/s.exec(PROTOCOL)!;
  const [compressed] = examples().filter(({ encoding }) => encoding === 'gzip');
  const unpack = new Function(`${source}; return unpack;`)();
  expect(await unpack(compressed)).toMatchObject([{ type: 'rows', seq: 0 }, { type: 'rows', seq: 1 }]);
});
