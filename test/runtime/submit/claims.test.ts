import * as fc from 'fast-check';
import { callersKnown, identityOf, connectAs } from '../../support/callers';
import { MemoryClient } from '../../support/memory/memory-client';
import type { MemoryServices } from '../../support/memory/memory-services';

let services: MemoryServices;
let ann: MemoryClient;
let bob: MemoryClient;

beforeEach(async () => {
  services = callersKnown();
  ann = new MemoryClient(services, 'c1');
  bob = new MemoryClient(services, 'c2');
});

/** Signs both in, each for a tenant. */
async function connectBoth(tenantOfAnn: unknown = 'acme', tenantOfBob: unknown = 'globex'): Promise<void> {
  await connectAs(ann, identityOf('ann', { tenant_id: tenantOfAnn }));
  await connectAs(bob, identityOf('bob', { tenant_id: tenantOfBob }));
}

function parameters(): unknown[] {
  return services.statementApi.started.map((statement) => statement.parameters);
}

describe('a parameter with a claim', () => {
  it('has the value of the caller', async () => {
    await connectBoth();
    await ann.submit('a', {}, 'own');
    await bob.submit('b', {}, 'own');
    expect(parameters()).toEqual([{ tenant: 'acme', month: 'may' }, { tenant: 'globex', month: 'may' }]);
  });

  it('has the value of the caller in the query in the URL', async () => {
    await connectAs(ann, identityOf('ann', { tenant_id: 'acme' }), { query: 'own', month: 'june' });
    expect(parameters()).toEqual([{ tenant: 'acme', month: 'june' }]);
  });

  it.each(['globex', 'acme', null])('is an unknown parameter, and is not listed as valid, when the client sends %j', async (tenant) => {
    await connectBoth();
    await ann.send({ type: 'query', id: 'a', query: 'own', parameters: { tenant } });
    expect(ann.received()).toEqual([
      { type: 'error', id: 'a', code: 'unknown_parameter', message: 'Unknown parameter: "tenant". Valid names: "month".', retryable: false },
    ]);
    expect(services.statementApi.started).toEqual([]);
  });

  it('is an unknown parameter in the URL', async () => {
    await connectAs(ann, identityOf('ann', { tenant_id: 'acme' }), { query: 'own', tenant: 'globex' });
    await services.passSeconds(1);
    expect(ann.received()).toMatchObject([{ type: 'error', id: 'connect', code: 'unknown_parameter' }]);
  });

  it('limits a shared run to callers with the same claim value', async () => {
    const third = new MemoryClient(services, 'c3');
    await connectBoth();
    await connectAs(third, identityOf('cid', { tenant_id: 'acme' }));
    for (const client of [ann, bob, third]) {
      await client.submit('a', {}, 'own');
    }
    expect(third.result('a')).toBe(ann.result('a'));
    expect(bob.result('a')).not.toBe(ann.result('a'));
    await services.statementEnded(ann.result('a'));
    expect([ann, third, bob].map((client) => client.resultMessages().map(({ type }) => type))).toEqual([['rows', 'complete'], ['rows', 'complete'], []]);
  });

  it.each([
    ['missing', {}],
    ['null', { tenant_id: null }],
    ['under another name', { tenant: 'acme' }],
  ])('rejects the query when the claim is %s', async (_, claims) => {
    await connectAs(ann, identityOf('ann', claims));
    await ann.submit('a', {}, 'own');
    expect(ann.received()).toEqual([
      { type: 'error', id: 'a', code: 'missing_claim', message: 'Missing required claim: "tenant_id". Connect with credentials that contain it.', retryable: false },
    ]);
    expect(services.statementApi.started).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['too long', 'the value of the claim'],
    ['empty', ''],
    ['a list', ['the value of the claim']],
    ['an object', { value: 'the value of the claim' }],
  ])('rejects the query without the value in the error when the claim is %s', async (_, tenant) => {
    await connectBoth(tenant);
    await ann.submit('a', {}, 'own');
    expect(ann.received()).toMatchObject([{ type: 'error', id: 'a', code: 'invalid_claim', message: expect.stringContaining('The claim "tenant_id"'), retryable: false }]);
    expect(JSON.stringify(ann.received())).not.toContain('the value of the claim');
    expect(services.statementApi.started).toEqual([]);
  });

  test.each<[string, unknown, string, unknown]>([
    ['uses a number as a string', 42, 'own', { tenant: '42', month: 'may' }],
    ['uses a boolean as a string', true, 'own', { tenant: 'true', month: 'may' }],
    ['uses a list as a list', ['a', 'b'], 'grouped', { teams_1: 'a', teams_2: 'b' }],
    ['uses the JSON of a list as a list', '["a","b"]', 'grouped', { teams_1: 'a', teams_2: 'b' }],
    ['uses numbers in a list as strings', [1, 2], 'grouped', { teams_1: '1', teams_2: '2' }],
    ['uses a string of digits as a number', '07', 'numbered', { number: '7' }],
    ['uses a number as a number', 7, 'numbered', { number: '7' }],
  ])('%s', async (_, value, query, bound) => {
    await connectAs(ann, identityOf('ann', { 'tenant_id': value, 'cognito:groups': value, 'number': value }));
    await ann.submit('a', {}, query);
    expect(parameters()).toEqual([bound]);
  });

  it.each<[string, unknown]>([
    ['is not a list', 'a'],
    ['is empty', []],
    ['is longer than allowed', ['a', 'b', 'c', 'd']],
    ['contains a value that is not a string', ['a', { b: 1 }]],
    ['is JSON that is not a list', '{"a":1}'],
  ])('rejects the query when a list of a claim %s', async (_, groups) => {
    await connectAs(ann, identityOf('ann', { 'cognito:groups': groups }));
    await ann.submit('a', {}, 'grouped');
    expect(ann.received()).toMatchObject([{ type: 'error', code: 'invalid_claim' }]);
  });

  it('has no value when the claim is the name of a property of every object', async () => {
    const { own } = services.queries;
    services.queries = { own: { ...own, parameters: { tenant: { kind: 'string', minLength: 0, maxLength: 100, claim: 'constructor' } } } };
    await connectBoth();
    await ann.submit('a', {}, 'own');
    expect(ann.received()).toMatchObject([{ type: 'error', code: 'missing_claim' }]);
  });

  it('has the value of its own caller for all credentials and messages', async () => {
    const claim = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string()));
    const parameterValues = fc.dictionary(fc.oneof(fc.constantFrom('tenant', 'month', 'tenant_id', '__proto__'), fc.string()), fc.oneof(fc.string(), fc.integer(), fc.constant(null)));
    await fc.assert(fc.asyncProperty(claim, parameterValues, async (tenant, sent) => {
      const memoryServices = callersKnown();
      const client = new MemoryClient(memoryServices, 'c1');
      await connectAs(client, identityOf('ann', { tenant_id: tenant }));
      await client.send({ type: 'query', id: 'a', query: 'own', parameters: sent });
      expect(memoryServices.statementApi.started.filter((statement) => !statement.sql.includes("''") && statement.parameters.tenant !== String(tenant))).toEqual([]);
    }), { numRuns: 300 });
  });
});

describe('the result of a query with a claim', () => {
  let result: string;

  beforeEach(async () => {
    await connectBoth();
    await ann.submit('a', {}, 'own');
    result = ann.result('a');
  });

  /** The messages that a client receives when it resumes a result. */
  async function resumed(client: MemoryClient, of: string): Promise<unknown> {
    const received = client.received().length;
    await client.send({ type: 'resume', id: 'r', result: of, after: -1 });
    await services.passSeconds(1);
    return client.received().slice(received);
  }

  it.each(['running', 'ended'])('is sent to every caller with the same claim value that resumes it when the run is %s', async (state) => {
    const sameTenant = new MemoryClient(services, 'c3');
    await connectAs(sameTenant, identityOf('cid', { tenant_id: 'acme' }));
    if (state === 'ended') {
      await services.statementEnded(result);
    }
    await resumed(sameTenant, result);
    await services.statementEnded(result);
    expect(sameTenant.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  it.each(['running', 'ended'])('is reported as not found to a caller with another claim value when the run is %s', async (state) => {
    if (state === 'ended') {
      await services.statementEnded(result);
    }
    const forOthers = await resumed(bob, result);
    expect(forOthers).toMatchObject([{ type: 'error', id: 'r', code: 'result_expired' }]);
    expect(forOthers).toEqual(await resumed(bob, 'no-such-result'));
    await services.passSeconds(60);
    expect(bob.rowsMessages()).toEqual([]);
  });

  it('is reported as not found to a caller with another claim value when "after" is invalid', async () => {
    await bob.send({ type: 'resume', id: 'r', result, after: 1000 });
    expect(bob.received()).toMatchObject([{ type: 'error', id: 'r', code: 'result_expired' }]);
  });

  it.each([
    ['no longer has the claim', { }],
    ['has another value', { tenant_id: 'globex' }],
    ['has an invalid value', { tenant_id: ['acme'] }],
  ])('is reported as not found to the caller that submitted the query when the caller %s', async (_, claims) => {
    const again = new MemoryClient(services, 'c3');
    await connectAs(again, identityOf('ann', claims));
    expect(await resumed(again, result)).toMatchObject([{ code: 'result_expired' }]);
  });

  it('is reported as not found to all callers when the definition of its query has changed', async () => {
    const { own, ...others } = services.queries;
    services.queries = others;
    expect(await resumed(ann, result)).toMatchObject([{ code: 'result_expired' }]);
    services.queries = { own: { ...own, parameters: { month: own.parameters.month } } };
    expect(await resumed(ann, result)).toMatchObject([{ code: 'result_expired' }]);
  });

  it('is sent to every caller that resumes it when its query has no claim', async () => {
    await ann.submit('e');
    await resumed(bob, ann.result('e'));
    await services.statementEnded(ann.result('e'));
    expect(bob.types()).toEqual(['accepted', 'rows', 'complete']);
  });

  it('cannot be canceled or continued by another client that guesses an id or a result', async () => {
    await ann.submit('w', { window: 1 }, 'own');
    services.statementApi.pages = [[['x'.repeat(20_000), 1], ['y'.repeat(20_000), 2]]];
    await services.statementEnded(result);
    const { length } = ann.received();
    for (const message of [{ type: 'cancel', id: 'w' }, { type: 'more', result, credit: 5 }, { type: 'cancel', id: 'request#w' }, { type: 'cancel', id: result }]) {
      await bob.send(message);
    }
    await services.passSeconds(60);
    expect(bob.types()).toEqual(['error', 'error', 'error']);
    expect(bob.received()).toMatchObject(Array(3).fill({ code: 'unknown_id' }));
    expect(ann.resultMessages().slice(length).filter(({ type }) => type !== 'progress')).toEqual([]);
    await ann.send({ type: 'more', result, credit: 1 });
    await services.passSeconds(1);
    expect(ann.terminalMessages('w')).toMatchObject([{ type: 'complete' }]);
  });
});
