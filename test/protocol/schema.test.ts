import * as fs from 'node:fs';
import { Placeholders } from './placeholders';
import { names, transcript } from './transcript';
import type { Step } from './transcript';
import { protocolSchema } from '../../projenrc/protocol-schema';
import { invalidity, invalidityOfSent, SCHEMA_FILE } from '../support/protocol-schema';

/** Transcripts with messages that the schema does not have. */
const BEYOND = { client: ['rejected-messages'], server: ['unknown-messages'] };

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
  it('equals the definition of the messages (run "npx projen protocol:schema")', () => {
    expect(fs.readFileSync(SCHEMA_FILE, 'utf8')).toBe(protocolSchema());
  });

  it.each([
    ['an id of 128 characters', { type: 'query', id: 'x'.repeat(128) }],
    ['an unknown encoding', { type: 'query', id: 'a', options: { encodings: ['gzip', 'zstd'] } }],
    ['a resume before the first message', { type: 'resume', id: 'a', result: 'r', after: -1 }],
  ])('accepts a client message with %s', (_, message) => {
    expect(invalidity('ClientMessage', message)).toBeUndefined();
  });

  it.each([
    ['an id of 129 characters', { type: 'query', id: 'x'.repeat(129) }],
    ['an empty id', { type: 'cancel', id: '' }],
    ['an unknown field', { type: 'ping', id: 'a' }],
    ['an unknown option', { type: 'query', id: 'a', options: { speed: 1 } }],
    ['a fractional window', { type: 'query', id: 'a', options: { window: 0.5 } }],
    ['a parameter that is an object', { type: 'query', id: 'a', parameters: { day: {} } }],
    ['a credit of zero', { type: 'more', result: 'r', credit: 0 }],
    ['the type of a server message', { type: 'pong' }],
  ])('rejects a client message with %s', (_, message) => {
    expect(invalidity('ClientMessage', message)).toBeDefined();
  });

  it.each([
    ['an additional field', { ...COMPLETE, cost: 1 }, true],
    ['no number of messages', { ...COMPLETE, messages: undefined }, false],
    ['a fractional number of rows', { ...COMPLETE, rows: 0.5 }, false],
    ['no times', { ...COMPLETE, timing: {} }, false],
    ['an unknown error code', { type: 'error', code: 'tired', message: 'No.', retryable: true }, false],
    ['an object among values', { type: 'rows', result: 'r', seq: 1, offset: 0, rows: [[{}]] }, false],
    ['a going-away reason', { type: 'bye', reason: 'A new version comes.', retryable: true }, true],
  ])('checks a server message with %s: %#', (_, message, isValid) => {
    expect(invalidity('ServerMessage', JSON.parse(JSON.stringify(message))) === undefined).toBe(isValid);
  });

  it('requires all fields and at most the maximum size of a message in tests', () => {
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

  it('has only messages of the schema, unless it is about other messages', () => {
    for (const side of ['client', 'server'] as const) {
      const wrong = steps.flatMap((step) => valid(side, step)).filter((each) => each !== undefined);
      expect(wrong.length > 0).toBe(BEYOND[side].includes(name));
    }
  });

  it('has outcomes only for queries that the application submits', () => {
    const submitted = steps.flatMap(({ client, again }) => (again === undefined ? [(client as { id?: string } | undefined)?.id] : []));
    expect(Object.keys(application).filter((id) => !submitted.includes(id))).toEqual([]);
  });
});
