import * as fs from 'node:fs';
import * as path from 'node:path';
import * as fc from 'fast-check';
import { anyString, anyValue, clientMessage, clientString, parameters } from './arbitrary';
import type { ErrorMessage } from '../../src/protocol/messages';
import type { Queries } from '../../src/runtime/model/query-request';
import { MemoryClient } from '../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../support/memory/memory-services';
import { invalidity, invalidityOfSent } from '../support/protocol-schema';

const QUERIES = JSON.parse(fs.readFileSync(path.join(__dirname, 'queries.json'), 'utf8')) as Queries;

/** The SQL that each query can become: each placeholder is unchanged, or is one for each item of a list, NULL, or the empty string. */
const SQL = Object.values(QUERIES).map(({ sql }) => {
  return new RegExp(`^${sql.replace(/:(\w+)/g, (placeholder, name) => `(${placeholder}|NULL|''|:${name}_1(, :${name}_[23])*)`)}$`);
});

/** Error codes of messages that do not match the schema. */
const MALFORMED = ['invalid_json', 'invalid_message', 'unknown_type', 'unknown_field', 'message_too_large'];

/** A week: every record has expired by then. */
const LONGEST_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

function newServices(): MemoryServices {
  const services = new MemoryServices();
  services.queries = QUERIES;
  return services;
}

/** Everything that was posted is a message of the protocol, and every statement is one of those that were written. */
function expectAllowed(services: MemoryServices): void {
  expect(services.connections.posted.map(({ message: body }) => invalidityOfSent(body)).filter((wrong) => wrong !== undefined)).toEqual([]);
  expect(services.statementApi.started.map(({ sql }) => sql).filter((sql) => !SQL.some((allowed) => allowed.test(sql)))).toEqual([]);
}

/** Ends all statements, disconnects all clients, and checks that nothing remains. */
async function requireNothingLeft(services: MemoryServices, clients: readonly MemoryClient[]): Promise<void> {
  for (const run of services.statementApi.running) {
    await services.statementEnded(run);
  }
  for (const client of clients) {
    await client.disconnect();
  }
  await services.passSeconds(7200);
  expectAllowed(services);
  expect(services.unfinished()).toEqual(NOTHING);
  services.time += LONGEST_LIFE_MS;
  services.purge();
  expect(services.storedKeys()).toEqual([]);
}

describe('the service with random input', () => {
  it('sends a valid message, except when the protocol requires none', async () => {
    await fc.assert(fc.asyncProperty(clientString, async (body) => {
      const services = newServices();
      const client = new MemoryClient(services, 'c1');
      await client.send(body);
      await services.passSeconds(1);
      if (client.received().length === 0) {
        expect(JSON.parse(body)).toMatchObject({ type: 'more' });
      }
      await requireNothingLeft(services, [client]);
    }), { numRuns: 500 });
  });

  it('sends only valid messages and leaves nothing behind when two connections send messages in any order', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: clientString.map((body) => ({ body })) },
      { weight: 8, arbitrary: clientMessage.map((message) => ({ body: JSON.stringify(message) })) },
      { weight: 1, arbitrary: fc.constant({ ends: true as const }) },
      { weight: 2, arbitrary: fc.constantFrom(1, 30, 600).map((seconds) => ({ seconds })) },
      { weight: 1, arbitrary: fc.constant({ leaves: true as const }) },
    );
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(1), step), { minLength: 2, maxLength: 12, size: 'max' }), async (steps) => {
      const services = newServices();
      const clients = [new MemoryClient(services, 'c0'), new MemoryClient(services, 'c1')];
      for (const [index, each] of steps) {
        await perform(services, clients, index, each);
      }
      await requireNothingLeft(services, clients);
    }), { numRuns: 200 });
  });

  it('rejects a message as malformed only when the schema rejects it', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof({ weight: 5, arbitrary: clientMessage }, { weight: 1, arbitrary: anyValue }), async (message) => {
      const body = JSON.stringify(message);
      // A schema can't describe half of a surrogate pair, because UTF-8 strings can't contain one.
      fc.pre(!/\\ud[89a-f]/.test(body));
      const services = newServices();
      const client = new MemoryClient(services, 'c1');
      await client.send(body);
      const [first] = client.received();
      const code = first?.type === 'error' ? first.code : undefined;
      if (invalidity('ClientMessage', JSON.parse(body)) === undefined) {
        expect(MALFORMED).not.toContain(code);
      } else {
        // The definition of the query is stricter about a parameter than the schema.
        expect([...MALFORMED, 'unknown_query', 'unknown_parameter', 'missing_parameter', 'invalid_parameter']).toContain(code);
      }
    }), { numRuns: 500 });
  });

  it('passes parameter values beside the SQL, or rejects them without repeating them', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(parameters, fc.dictionary(fc.constantFrom('string', 'integer', 'one_of', 'list', 'date'), anyValue)), async (values) => {
      const services = newServices();
      const client = new MemoryClient(services, 'c1');
      await client.send({ type: 'query', id: 'a', query: 'kinds', parameters: values });
      expectAllowed(services);
      const [first] = client.received();
      expect(first.type === 'accepted' ? services.statementApi.started.length : (first as ErrorMessage).code).toBe(first.type === 'accepted' ? 1 : 'invalid_parameter');
      for (const value of Object.values(services.statementApi.started[0]?.parameters ?? {})) {
        expect(typeof value === 'string' && value !== '').toBe(true);
      }
    }), { numRuns: 500 });
  });
});

type Action = { readonly body?: string; readonly ends?: true; readonly seconds?: number; readonly leaves?: true };

async function perform(services: MemoryServices, clients: MemoryClient[], index: number, { body, ends, seconds, leaves }: Action): Promise<void> {
  if (body !== undefined) {
    await clients[index].send(body);
    await services.passSeconds(0);
  } else if (ends) {
    await Promise.all(services.statementApi.running.slice(0, 1).map(async (run) => services.statementEnded(run)));
  } else if (leaves) {
    await clients[index].disconnect();
    clients[index] = new MemoryClient(services, `${clients[index].connectionId}'`);
  } else {
    await services.passSeconds(seconds!);
  }
  expectAllowed(services);
}

it('accepts a connection and sends only valid messages when the query string is random', async () => {
  const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('query', 'trip_month', 'list', 'string', 'X-Amz-Date') }, { weight: 1, arbitrary: anyString });
  const value = fc.oneof(fc.constantFrom('kinds', '2015-01', '1', ''), anyString);
  await fc.assert(fc.asyncProperty(fc.dictionary(key, fc.array(value, { minLength: 1, maxLength: 3 }), { maxKeys: 4 }), async (queryString) => {
    const services = newServices();
    const client = new MemoryClient(services, 'c1');
    expect(await client.connect(queryString)).toEqual({ accepted: true });
    client.open();
    await services.passSeconds(5);
    const hasQuery = Object.keys(queryString).some((name) => !name.toLowerCase().startsWith('x-amz-'));
    expect(client.received().length > 0).toBe(hasQuery);
    await requireNothingLeft(services, [client]);
  }), { numRuns: 500 });
});
