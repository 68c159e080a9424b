import * as fs from 'node:fs';
import * as path from 'node:path';
import { names, transcript } from './transcript';
import { WEB_SOCKET_LIMITS } from '../../local/aws/api-gateway/limits';
import { invalidity, invalidityOfSent, SCHEMA_FILE } from '../support/protocol-schema';

const DOCUMENT = fs.readFileSync(path.join(__dirname, '..', '..', 'docs', 'protocol.md'), 'utf8');
const { $defs } = JSON.parse(fs.readFileSync(SCHEMA_FILE, 'utf8')) as { $defs: Record<string, any> };

const CLIENT_TYPES = typesOf('ClientMessage');
const SERVER_TYPES = typesOf('ServerMessage');

function typesOf(union: string): string[] {
  return $defs[union].anyOf.map(({ $ref }: { $ref: string }) => $defs[$ref.split('/').at(-1)!].properties.type.const);
}

/** The code blocks of a language. */
function blocks(language: string): string[] {
  return [...DOCUMENT.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, string]) => string);
}

/** Every JSON object that the document shows, in blocks and in lines. */
function examples(): Record<string, unknown>[] {
  const inLine = [...DOCUMENT.matchAll(/`(\{ "type": [^`]*\})`/g)].map(([, string]) => string);
  return [...blocks('json'), ...inLine].map((string) => JSON.parse(string) as Record<string, unknown>);
}

/** The error codes that the document lists, and whether the same request can succeed. */
function codes(): [code: string, retryable: boolean][] {
  const [, table] = DOCUMENT.split('| Code | Meaning | Can succeed if repeated |');
  const lines = table.split('\n\n')[0].matchAll(/^\| `(\w+)` \| .+ \| (yes|no)\b.* \|$/gm);
  return [...lines].map(([, code, retryable]) => [code, retryable === 'yes']);
}

describe('docs/protocol.md', () => {
  it.each(examples().map((example) => [example.type, example]))('has a valid example of the message %s', (type, example) => {
    const wrong = CLIENT_TYPES.includes(type as string) ? invalidity('ClientMessage', example) : invalidityOfSent(JSON.stringify(example));
    expect(wrong).toBeUndefined();
  });

  it('has an example and a heading for each message', () => {
    const all = [...new Set([...CLIENT_TYPES, ...SERVER_TYPES])].sort();
    expect([...new Set(examples().map(({ type }) => type))].sort()).toEqual(all);
    expect(all.filter((type) => !DOCUMENT.includes(`### \`${type}\``))).toEqual([]);
  });

  it('lists each error code once, in the order of the schema', () => {
    expect(codes().map(([code]) => code)).toEqual($defs.ErrorCode.enum);
  });

  it('states for each error code the retryable value of the transcripts', () => {
    const stated = names().flatMap((name) => transcript(name).steps).flatMap(({ server }) => {
      const { type, code, retryable } = (server ?? {}) as Record<string, unknown>;
      return type === 'error' ? [`${code as string} ${retryable as boolean}`] : [];
    });
    expect(stated.length).toBeGreaterThan(20);
    expect(stated.filter((each) => !codes().map((listed) => listed.join(' ')).includes(each))).toEqual([]);
  });

  it('has a row for each time in complete messages', () => {
    expect(Object.keys($defs.Timing.properties).filter((time) => !DOCUMENT.includes(`| \`${time}\` |`))).toEqual([]);
  });

  it('states the limits of the schema', () => {
    const { id, result } = $defs.ResumeMessage.properties;
    expect([id, result].map(({ minLength, maxLength }) => `${minLength} to ${maxLength}`)).toEqual(['1 to 128', '1 to 128']);
    expect(DOCUMENT).toContain('| `id`, `result` | 1 to 128 characters');
    const { minimum: fewest, maximum: most } = $defs.CompressedRowsMessage.properties.messages;
    expect(DOCUMENT).toContain(`| messages in a batch | ${fewest} to ${most} |`);
    expect(DOCUMENT).toContain(`| the URL | ${WEB_SOCKET_LIMITS.urlCharacters.toLocaleString('en-US')} characters`);
    const numbers = { ...$defs.QueryOptions.properties, ...$defs.MoreMessage.properties, ...$defs.ResumeMessage.properties };
    for (const name of ['window', 'credit', 'after', 'maxAge']) {
      const { minimum, maximum } = numbers[name];
      expect(DOCUMENT).toMatch(new RegExp(`\\| .*\`${name}\`.* \\| an integer .*from ${minimum} to ${maximum.toLocaleString('en-US')} \\|`));
    }
  });

  it('has a working example of a page without a library', () => {
    const sent: string[] = [];
    const shown: unknown[] = [];
    const socket: Record<string, (event?: unknown) => void> = { send: (string) => sent.push(string as string) };
    const offered: unknown[] = [];
    function FakeSocket(...parameters: unknown[]): unknown {
      offered.push(...parameters);
      return socket;
    }
    new Function('WebSocket', 'url', 'show', blocks('js')[0])(FakeSocket, 'wss://x', (value: unknown) => shown.push(value));
    socket.onopen();
    const deliver = (message: object): void => socket.onmessage({ data: JSON.stringify(message) });
    const rows = (seq: number, value: number): object => ({ type: 'rows', result: 'r', seq, offset: seq, rows: [[value]] });
    [{ type: 'accepted', id: '1', result: 'r' }, rows(0, 5), rows(0, 5), rows(1, 7), { ...rows(2, 9), result: 's' }, { type: 'complete', id: '1', result: 'r' }].forEach(deliver);
    expect(offered).toEqual(['wss://x', 'redshift-query.v1']);
    expect(sent.map((string) => invalidity('ClientMessage', JSON.parse(string)))).toEqual([undefined]);
    expect(shown).toEqual([[[5], [7]]]);
    deliver({ type: 'error', id: '1', code: 'internal', message: 'Sorry.' });
    expect(shown.at(-1)).toBe('Sorry.');
  });
});
