import type { Client } from '../../../src/client';
import { invalidArguments } from '../../react/invalid-arguments';
import { useClientTests } from '../support/client-test';

const tests = useClientTests();

type AnyQuery = (...args: unknown[]) => ReturnType<Client['query']>;

/** `query` without the types of its arguments, as JavaScript calls it. */
function queryOf(client: Client): AnyQuery {
  return client.query.bind(client) as unknown as AnyQuery;
}

/** Arguments that are invalid for the client and for the hook. */
const INVALID = Object.entries(invalidArguments(undefined)).filter(([kind]) => !/for the (name|client)$/.test(kind));

describe('query()', () => {
  it.each([
    ...INVALID,
    ['0 for window', [[undefined, 'by_day', {}, { window: 0 }], 'The option "window" must be a number of at least 1, but is 0']],
    ['NaN for window', [[undefined, 'by_day', {}, { window: NaN }], 'The option "window" must be a number of at least 1, but is NaN']],
    ['Infinity for window', [[undefined, 'by_day', {}, { window: Infinity }], 'The option "window" must be an integer of at most 1000000000, but is Infinity']],
    ['-1 for maxAge', [[undefined, 'by_day', {}, { maxAge: -1 }], 'The option "maxAge" must be a number of at least 0, but is -1']],
    ['another object for signal', [[undefined, 'by_day', {}, { signal: {} }], 'The option "signal" must be an AbortSignal, but is an object of type Object']],
    ['a string for onProgress', [[undefined, 'by_day', {}, { onProgress: 'log' }], 'The option "onProgress" must be a function, but is a string']],
    ['null for the options', [[undefined, 'by_day', {}, null], 'The options of a query must be an object, but are null']],
    ['a number for the parameters', [[undefined, 5], 'but are 5']],
  ] as const)('rejects, and does not throw, when it receives %s', async (_, [[, ...args], error]) => {
    const client = tests.client();
    const query = queryOf(client)(...args);
    await expect(query).rejects.toThrow(error);
    expect(client.state.name).toBe('idle');
  });

  it('rejects when the caller iterates over a query with invalid arguments', async () => {
    const loop = queryOf(tests.client())({ from: 1n })[Symbol.asyncIterator]();
    await expect(loop.next()).rejects.toMatchObject({ name: 'QueryError', code: 'invalid_parameter', retryable: false });
  });

  it('never includes the value of a parameter in the error', async () => {
    const error: Error = await queryOf(tests.client())({ from: 7_777_777n }).catch((reason) => reason);
    expect(error.message).not.toContain('7777777');
  });

  it('omits a parameter that is undefined, and submits every other value as it is', async () => {
    const prototypeless = Object.assign(Object.create(null), { a: '', b: 0, c: false, d: null, e: [], f: ['x', 1.5, true, null], g: undefined });
    void queryOf(tests.client())('by_day', prototypeless, { signal: undefined, onProgress: undefined });
    const { parameters } = await (await tests.server.connection()).received('query');
    expect(parameters).toEqual({ a: '', b: 0, c: false, d: null, e: [], f: ['x', 1.5, true, null] });
  });

  it('submits a parameter named __proto__', async () => {
    void queryOf(tests.client())(JSON.parse('{"__proto__":"x"}'));
    const { parameters } = await (await tests.server.connection()).received('query');
    expect(Object.entries(parameters)).toEqual([['__proto__', 'x']]);
  });
});
