import * as fc from 'fast-check';
import { RejectedRequestError } from '../../../src/runtime/model/errors';
import type { Queries } from '../../../src/runtime/model/query-request';
import { parseExactly } from '../../../src/runtime/submit/exact-json';
import { validateQuery } from '../../../src/runtime/submit/validate-query';
import { ExactNumber } from '../../../src/shared/decimal';
import type { ParameterDefinition } from '../../../src/shared/query-definitions';
import { scanSql } from '../../../src/shared/sql-scanner';
import { bindValues } from '../../../src/shared/sql-statement';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices } from '../../support/memory/memory-services';

const LIMITS = { timeoutSeconds: 900, reconnectGraceSeconds: 60, resultReuseSeconds: 0, resultRetentionSeconds: 3600 };

const PARAMETERS: Record<string, ParameterDefinition> = {
  name: { kind: 'string', minLength: 0, maxLength: 20, optional: true },
  count: { kind: 'integer', min: '0', max: '9223372036854775807' },
  fare: { kind: 'decimal', precision: 38, defaultValue: '1.5' },
  tip: { kind: 'boolean', optional: true, defaultValue: 'false' },
  zones: { kind: 'list', item: { kind: 'string', minLength: 0, maxLength: 20 }, minItems: 1, maxItems: 3, optional: true },
};

const QUERIES: Queries = {
  default: { sql: 'SELECT 1', parameters: {}, ...LIMITS },
  trips: { sql: 'SELECT :name, :count, :fare, :tip WHERE zone IN (:zones)', parameters: PARAMETERS, ...LIMITS },
  owned: { sql: 'SELECT :tenant', parameters: { tenant: { kind: 'string', minLength: 1, maxLength: 20, claim: 'tenant' } }, ...LIMITS },
  wrong: { sql: 'SELECT :nothing', parameters: {}, ...LIMITS },
  open: { sql: "SELECT 'x", parameters: {}, ...LIMITS },
};

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  services.queries = QUERIES;
  client = new MemoryClient(services, 'c1');
});

/** Submits a query with parameters as a JSON string, or as a value that is converted to one. */
async function submit(parameters: unknown, id = 'a', query = 'trips'): Promise<void> {
  const json = typeof parameters === 'string' ? parameters : JSON.stringify(parameters);
  await client.send(`{"type":"query","id":"${id}","query":"${query}","parameters":${json}}`);
}

describe('a query request', () => {
  it('starts a statement that has its values as parameters, and NULL and the empty string in the SQL', async () => {
    await submit({ name: '', count: 5, tip: null, zones: ["it's", 'b'] });
    expect(services.statementApi.started).toMatchObject([{
      sql: "SELECT '', :count, :fare, NULL WHERE zone IN (:zones_1, :zones_2)",
      parameters: { count: '5', fare: '1.5', zones_1: "it's", zones_2: 'b' },
    }]);
  });

  it('uses the default value or NULL when a parameter is omitted', async () => {
    await submit({ count: 5 });
    expect(services.statementApi.started).toMatchObject([{
      sql: 'SELECT NULL, :count, :fare, :tip WHERE zone IN (NULL)',
      parameters: { count: '5', fare: '1.5', tip: 'false' },
    }]);
  });

  it('preserves every digit of a number that is sent as a number or a string', async () => {
    await submit('{"count": 9007199254740993, "fare": 0.10000000000000000000000000000000000001}', 'a');
    await submit('{"count": "9007199254740993", "fare": "0.10000000000000000000000000000000000001"}', 'b');
    expect(services.statementApi.started).toMatchObject([{ parameters: { count: '9007199254740993', fare: '0.10000000000000000000000000000000000001' } }]);
  });

  it('shares one statement with an equal query request in another notation', async () => {
    await submit({ count: 5 }, 'a');
    await submit({ count: '05', fare: '1.50', tip: false, zones: null, name: null }, 'b');
    await submit('{"fare": 15e-1, "count": 5.0}', 'c');
    expect(services.statementApi.started).toHaveLength(1);
  });

  it.each([
    ['an empty string and an omitted string', { count: 1, name: '' }, { count: 1 }],
    ['the string "null" and null', { count: 1, name: 'null' }, { count: 1, name: null }],
    ['two lists with the same joined value', { count: 1, zones: ['a', 'b'] }, { count: 1, zones: ['a,b'] }],
    ['two lists in a different order', { count: 1, zones: ['a', 'b'] }, { count: 1, zones: ['b', 'a'] }],
  ])('starts separate statements for %s', async (_, one, other) => {
    await submit(one, 'a');
    await submit(other, 'b');
    expect(services.statementApi.started).toHaveLength(2);
  });

  it.each([
    ['a placeholder without a parameter', 'wrong', 'the placeholder :nothing has no parameter'],
    ['an unclosed quote', 'open', "the quote ' is not closed"],
  ])('ends in an error with the reason in the log when SQL resolved at deployment has %s', async (_, query, reason) => {
    await submit({}, 'a', query);
    await services.passSeconds(60);
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'error', code: 'start_refused' }]);
    expect(services.statementApi.started).toEqual([]);
    expect(JSON.stringify(services.entries)).toContain(JSON.stringify(reason).slice(1, -1));
  });
});

describe('an invalid query request', () => {
  it.each<[string, unknown, string, string]>([
    ['a parameter is missing', {}, 'missing_parameter', 'Missing required parameter: "count".'],
    ['a parameter that cannot be NULL is null', { count: null }, 'invalid_parameter', 'The parameter "count" must be an integer from 0 to 9223372036854775807.'],
    ['a number exceeds the maximum by one', '{"count": 9223372036854775808}', 'invalid_parameter', 'The parameter "count" must be an integer'],
    ['a number has a fraction beyond the precision of JavaScript', '{"count": 1.0000000000000000000001}', 'invalid_parameter', 'The parameter "count" must be an integer'],
    ['a string parameter is a number', '{"count": 1, "name": 12345678901234567890}', 'invalid_parameter', 'The parameter "name" must be a string.'],
    ['a parameter with a default value is null', { count: 1, fare: null }, 'invalid_parameter', 'The parameter "fare" must be a decimal number.'],
    ['a list is a string', { count: 1, zones: 'SECRET' }, 'invalid_parameter', 'The parameter "zones" must be a list of 1 to 3 values.'],
    ['an item of a list is invalid', { count: 1, zones: ['a', 'SECRET'.repeat(4)] }, 'invalid_parameter', 'Item 2 of the parameter "zones" must have 0 to 20 characters, not 24.'],
    ['a parameter is an object', { count: { __proto__: null, valueOf: 'SECRET' } }, 'invalid_parameter', 'The parameter "count" must be an integer'],
    ['a parameter is named __proto__', '{"count": 1, "__proto__": {"name": "SECRET"}}', 'unknown_parameter', 'Unknown parameter: "__proto__"'],
    ['a parameter is named constructor', '{"count": 1, "constructor": "SECRET"}', 'unknown_parameter', 'Unknown parameter: "constructor"'],
  ])('is rejected with an error that repeats no value when %s', async (_, parameters, code, message) => {
    await submit(parameters);
    expect(client.received()).toMatchObject([{ type: 'error', id: 'a', code, message: expect.stringContaining(message), retryable: false }]);
    expect(JSON.stringify([services.connections.posted, services.entries])).not.toContain('SECRET');
    expect(services.statementApi.started).toEqual([]);
  });

  it('is rejected when it is nested too deeply', async () => {
    await submit(`{"count": ${'['.repeat(15_000)}9007199254740993${']'.repeat(15_000)}}`);
    // How deep is too deep is the engine's matter.
    expect(client.received()).toMatchObject([{ type: 'error', code: expect.stringMatching(/^invalid_(json|parameter)$/) }]);
  });

  it('is rejected when only its __proto__ contains a required parameter', async () => {
    await submit('{"__proto__": {"count": 1}}');
    expect(client.received()).toMatchObject([{ type: 'error', code: 'unknown_parameter' }]);
  });
});

describe('the URL of a connection', () => {
  /** Connects, and returns the messages that are received when the connection is open. */
  async function connect(queryString: Record<string, string | string[]>): Promise<object[]> {
    await client.connect({ query: 'trips', ...queryString });
    client.open();
    await services.passSeconds(5);
    return client.received();
  }

  it('submits a query with strings, and with a list as a repeated key', async () => {
    await connect({ count: '05', fare: '2.50', tip: 'true', zones: ['a', 'b'] });
    expect(services.statementApi.started).toMatchObject([{ parameters: { count: '5', fare: '2.5', tip: 'true', zones_1: 'a', zones_2: 'b' } }]);
  });

  it('submits a list of one item with a single key, and an empty string with an empty value', async () => {
    await connect({ count: '1', zones: '', name: '' });
    expect(services.statementApi.started).toMatchObject([{ sql: "SELECT '', :count, :fare, :tip WHERE zone IN ('')" }]);
  });

  it.each<[string, Record<string, string | string[]>, string, string]>([
    ['a parameter that is not a list occurs twice', { count: ['1', '2'] }, 'invalid_parameter', 'The URL has the parameter "count" 2 times, but it is not a list. Give it once.'],
    ['a value is invalid UTF-8', { count: '1', name: 'a\ufffd' }, 'invalid_parameter', 'The parameter "name" in the URL has the character U+FFFD'],
    ['an item of a list is invalid UTF-8', { count: '1', zones: ['a', '\ufffd'] }, 'invalid_parameter', 'The parameter "zones" in the URL has the character U+FFFD'],
    ['a list is too long', { count: '1', zones: ['a', 'b', 'c', 'd'] }, 'invalid_parameter', 'must be a list of 1 to 3 values'],
    ['two queries are specified', { count: '1', query: ['trips', 'default'] }, 'invalid_message', 'The URL has the key "query" more than once. Name one query.'],
    ['the query is unknown', { query: 'toString', zones: ['a', 'b'] }, 'unknown_query', 'Unknown query: "toString"'],
    ['a parameter is unknown', { count: '1', constructor: ['a', 'b'] }, 'unknown_parameter', '"constructor"'],
    ['a parameter with a claim occurs twice', { query: 'owned', tenant: ['a', 'b'] }, 'unknown_parameter', '"tenant"'],
  ])('causes an error when %s', async (_, queryString, code, message) => {
    expect(await connect(queryString)).toMatchObject([{ type: 'error', id: 'connect', code, message: expect.stringContaining(message) }]);
  });
});

describe('parseExactly', () => {
  it('returns the value of JSON.parse except for numbers that JSON.parse rounds', () => {
    fc.assert(fc.property(fc.json(), (json) => {
      expect(parseExactly(json)).toEqual(JSON.parse(json));
    }));
  });

  it('distinguishes a number that JSON.parse rounds from a string of its digits', () => {
    const json = '{"a": [9007199254740993, "9007199254740993", 1.0e2, "x\\"9007199254740993\\\\", 0.1, -0.10000000000000000555]}';
    expect(parseExactly(json)).toEqual({
      a: [new ExactNumber('9007199254740993'), '9007199254740993', 100, 'x"9007199254740993\\', 0.1, new ExactNumber('-0.10000000000000000555')],
    });
  });

  it('returns an own property and the standard prototype when a key is named __proto__', () => {
    const value = parseExactly('{"__proto__": {"a": 1}, "n": 9007199254740993}') as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'n']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('any input', () => {
  const DEFINITIONS = fc.dictionary(
    fc.constantFrom('a', 'a_1', 'b', 'constructor', 'toString'),
    fc.tuple(
      fc.constantFrom<ParameterDefinition>(
        { kind: 'string', minLength: 0, maxLength: 10 },
        { kind: 'string', minLength: 1, maxLength: 10, pattern: '^[a-z]+$' },
        { kind: 'integer', min: '-5', max: '9223372036854775807' },
        { kind: 'decimal', precision: 10, scale: 2 },
        { kind: 'boolean' },
        { kind: 'date', min: '2000-01-01' },
        { kind: 'timestamp', withTimeZone: false },
        { kind: 'timestamp', withTimeZone: true },
        { kind: 'oneOf', values: ['a', 'b'] },
        { kind: 'list', item: { kind: 'string', minLength: 0, maxLength: 10 }, minItems: 1, maxItems: 5 },
        { kind: 'list', item: { kind: 'integer', min: '0', max: '9' }, minItems: 1, maxItems: 5 },
      ),
      fc.boolean(),
    ).map(([definition, optional]) => ({ ...definition, optional })),
    { minKeys: 1, maxKeys: 2, noNullPrototype: true },
  );
  const SENT = fc.oneof(
    { weight: 1, arbitrary: fc.anything({ withNullPrototype: false, maxDepth: 2 }).map((value) => JSON.stringify(value) ?? 'null') },
    { weight: 4, arbitrary: fc.constantFrom('"a"', '""', '5', '"5"', '5.25', 'true', 'null', '"2015-02-28"', '"2015-02-28 10:00"', '"2015-02-28T10:00Z"', '["a",""]', '[1,2]', '9007199254740993', '1e999') },
  );

  it('is rejected, or becomes a statement that differs only in constants, when it is the value of a parameter', () => {
    const seen = { rejected: 0, bound: 0 };
    fc.assert(fc.property(DEFINITIONS, fc.array(SENT, { minLength: 5, maxLength: 5 }), fc.boolean(), (parameters, sent, isUnknown) => {
      const names = Object.keys(parameters);
      const sql = `SELECT ${names.map((name) => `:${name}`).join(', ')} FROM t`;
      const json = `{${[...names, ...(isUnknown ? ['__proto__'] : [])].map((name, index) => `"${name}": ${sent[index % 5]}`).join(', ')}}`;
      const catalog = { queries: { q: { sql, parameters, ...LIMITS } }, target: { databaseName: 'dev' } };
      let queryRequest;
      try {
        queryRequest = validateQuery({ query: 'q', parameters: parseExactly(json) as Record<string, unknown> }, catalog, 'a');
      } catch (error) {
        seen.rejected += 1;
        expect(error).toBeInstanceOf(RejectedRequestError);
        expect(['invalid_parameter', 'unknown_parameter', 'missing_parameter']).toContain((error as RejectedRequestError).code);
        return;
      }
      seen.bound += 1;
      const statement = bindValues(sql, queryRequest.parameters);
      const allowed = [...scanSql(statement.sql)].every(({ kind, value }) => kind === 'placeholder' || ['SELECT', ',', 'NULL', "''", 'FROM', 't'].includes(value));
      expect(allowed).toBe(true);
      expect(Object.values(statement.parameters).every((value) => typeof value === 'string' && value !== '')).toBe(true);
    }), { numRuns: 3000 });
    expect(Math.min(seen.rejected, seen.bound)).toBeGreaterThan(20);
  });

  it('causes no internal error when it is the parameters of a message', async () => {
    await fc.assert(fc.asyncProperty(fc.anything({ maxDepth: 3 }), async (parameters) => {
      const own = new MemoryServices();
      own.queries = QUERIES;
      const other = new MemoryClient(own, 'c2');
      await other.send(JSON.stringify({ type: 'query', id: 'a', query: 'trips', parameters }));
      expect(other.received().map((message) => message.type === 'error' ? message.code : message.type)).not.toContain('internal');
    }), { numRuns: 200 });
  });
});
