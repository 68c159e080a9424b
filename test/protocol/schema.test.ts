import * as fs from 'node:fs';
import { Placeholders } from './placeholders';
import { names, transcript } from './transcript';
import type { Step } from './transcript';
import { protocolSchema } from '../../projenrc/protocol-schema';
import { invalidity, invalidityOfSent, SCHEMA_FILE } from '../support/protocol-schema';

/** Transcripts of what the schema does not have. */
const BEYOND = { client: ['refused-messages'], server: ['unknown-messages'] };

const COMPLETE = {
  type: 'complete',
  id: 'a',
  result: 'r',
  messages: 0,
  rows: 0,
  bytes: 0,
  truncated: false,
  timing: { waitingMs: 0, runningMs: 0, eventMs: 0, fetchingMs: 0, pushingMs: 0 },
};

describe('the schema', () => {
  test('is that of the definition of the messages; npx projen protocol:schema writes it', () => {
    expect(fs.readFileSync(SCHEMA_FILE, 'utf8')).toBe(protocolSchema());
  });

  test.each([
    ['an id of 128 characters', { type: 'query', id: 'x'.repeat(128) }],
    ['an encoding that comes later', { type: 'query', id: 'a', options: { encodings: ['gzip', 'zstd'] } }],
    ['nothing of a result', { type: 'resume', id: 'a', result: 'r', after: -1 }],
  ])('lets a client say %s', (_, message) => {
    expect(invalidity('ClientMessage', message)).toBeUndefined();
  });

  test.each([
    ['an id of 129 characters', { type: 'query', id: 'x'.repeat(129) }],
    ['an empty id', { type: 'cancel', id: '' }],
    ['a field that there is not', { type: 'ping', id: 'a' }],
    ['an option that there is not', { type: 'query', id: 'a', options: { speed: 1 } }],
    ['a half message of a window', { type: 'query', id: 'a', options: { window: 0.5 } }],
    ['a parameter that is an object', { type: 'query', id: 'a', parameters: { day: {} } }],
    ['a credit of nothing', { type: 'more', result: 'r', credit: 0 }],
    ['what only the service says', { type: 'pong' }],
  ])('does not let a client say %s', (_, message) => {
    expect(invalidity('ClientMessage', message)).toBeDefined();
  });

  test.each([
    ['a field that comes later', { ...COMPLETE, cost: 1 }, true],
    ['no number of messages', { ...COMPLETE, messages: undefined }, false],
    ['a half row', { ...COMPLETE, rows: 0.5 }, false],
    ['no time', { ...COMPLETE, timing: {} }, false],
    ['a code that there is not', { type: 'error', code: 'tired', message: 'No.', retryable: true }, false],
    ['an object among values', { type: 'rows', result: 'r', seq: 1, offset: 0, rows: [[{}]] }, false],
    ['a reason to go', { type: 'bye', reason: 'A new version comes.', retryable: true }, true],
  ])('holds against a service that says %s: %#', (_, message, isValid) => {
    expect(invalidity('ServerMessage', JSON.parse(JSON.stringify(message))) === undefined).toBe(isValid);
  });

  test('is stricter in tests with what this service sends: it names every field, and no message is too large', () => {
    expect(invalidityOfSent(JSON.stringify(COMPLETE))).toBeUndefined();
    expect(invalidityOfSent(JSON.stringify({ ...COMPLETE, cost: 1 }))).toContain('additional properties');
    expect(invalidityOfSent(JSON.stringify({ ...COMPLETE, id: '€'.repeat(20_000) }))).toContain('bytes');
  });
});

describe.each(names())('the transcript %s', (name) => {
  const placeholders = new Placeholders();
  const { steps, application = {} } = transcript(name);

  function valid(side: 'client' | 'server', { client, server, serverInAnyOrder = [] }: Step): (string | undefined)[] {
    const templates = side === 'client' ? [client] : [server, ...serverInAnyOrder];
    const definition = side === 'client' ? 'ClientMessage' : 'ServerMessage';
    return templates.filter((template) => template !== undefined).map((template) => invalidity(definition, placeholders.fill(template)));
  }

  test('has messages that the schema has, or is about others', () => {
    for (const side of ['client', 'server'] as const) {
      const wrong = steps.flatMap((step) => valid(side, step)).filter((each) => each !== undefined);
      expect(wrong.length > 0).toBe(BEYOND[side].includes(name));
    }
  });

  test('tells of an application that asked', () => {
    const asked = steps.flatMap(({ client, again }) => (again === undefined ? [(client as { id?: string } | undefined)?.id] : []));
    expect(Object.keys(application).filter((id) => !asked.includes(id))).toEqual([]);
  });
});
