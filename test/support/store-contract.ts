import { pieceOf } from './packs';
import { DEFINITION, keyOf, newLease, newName, newRequest, newRun, StandingClock, subscriberOf } from './store-fixture';
import type { StartTable, TableUnderTest } from './store-fixture';
import type { Identity } from '../../src/runtime/identity';
import type { Lease, Store } from '../../src/runtime/ports';
import type { EarlyCredit, QueryInFlight, Request } from '../../src/runtime/request';
import { NOTHING_FETCHED } from '../../src/runtime/run';
import type { Run } from '../../src/runtime/run';

/** Each is longer than a thirtieth of the megabyte that DynamoDB gives at once. */
const LONG_TEXT = 'x'.repeat(40 * 1024);
const MANY = 30;

/** Each subscriber has it twice, in its key and beside. */
const LONG_ID = 'x'.repeat(900);
const MANY_SUBSCRIBERS = 600;

/** Every rule of `Store`, those of leases aside, as a test of one that is started on a clock. */
export function describeStore(name: string, start: StartTable): void {
  describe(`the store in ${name}`, () => {
    const clock = new StandingClock();
    let table: TableUnderTest;
    let store: Store;

    beforeAll(async () => {
      table = await start(clock);
      store = table.store;
    });

    afterAll(async () => table.close());

    async function createdRequest(changes: Partial<Request> = {}): Promise<{ request: Request; lease: Lease }> {
      const request = newRequest(clock, changes);
      const lease = newLease(clock);
      expect(await store.createRequest(request, lease)).toBe(true);
      return { request, lease };
    }

    async function createdRun(changes: Partial<Run> = {}): Promise<Run> {
      const run = newRun(clock, changes);
      await store.createRun(run);
      return run;
    }

    describe('requests', () => {
      test('a connection has the requests that it made, and no other has them', async () => {
        const { request } = await createdRequest({ id: '#a ü"', maxAge: 5, allowed: 3 });
        const { connectionId } = request;
        const { request: second } = await createdRequest({ connectionId, id: 'b' });
        expect(new Set(await store.requests(connectionId))).toEqual(new Set([request, second]));
        expect(await store.requests(connectionId.slice(0, -1))).toEqual([]);
      });

      test('a connection has all its requests, however large they are', async () => {
        const connectionId = newName('connection');
        for (let id = 0; id < MANY; id += 1) {
          await createdRequest({ connectionId, id: String(id), question: { query: 'default', parameters: { text: LONG_TEXT }, definition: DEFINITION } });
        }
        expect(await store.requests(connectionId)).toHaveLength(MANY);
      });

      test('an id in use is refused, and its request stays', async () => {
        const { request } = await createdRequest();
        expect(await store.createRequest({ ...request, request: newName('request') }, newLease(clock))).toBe(false);
        expect(await store.requests(request.connectionId)).toEqual([request]);
      });

      test('of two that use an id at once, one is refused', async () => {
        const { connectionId } = newRequest(clock);
        const created = await Promise.all([1, 2, 3].map(async () => store.createRequest(newRequest(clock, { connectionId }), newLease(clock))));
        expect(created.sort()).toEqual([false, false, true]);
      });

      test('the same request is created twice without harm', async () => {
        const { request, lease } = await createdRequest();
        expect(await store.createRequest(request, lease)).toBe(true);
        expect(await store.requests(request.connectionId)).toEqual([request]);
      });

      test('an id is free when the last word of its request is decided', async () => {
        const { request, lease } = await createdRequest();
        await store.saveRequest(request, lease, { ending: 'the last word' });
        const { request: next } = await createdRequest({ connectionId: request.connectionId });
        expect(await store.requests(request.connectionId)).toEqual([next]);
        expect(await store.saveRequest(request, lease, { seq: 1 })).toBeUndefined();
      });

      test('a request that has expired is not there, and its id is free', async () => {
        const { request, lease } = await createdRequest();
        clock.passLife();
        expect(await store.requests(request.connectionId)).toEqual([]);
        expect(await store.claimRequest(request, newLease(clock))).toEqual({ state: 'missing' });
        expect(await store.seizeRequest(request, newLease(clock))).toBeUndefined();
        expect(await store.saveRequest(request, lease, { seq: 1 })).toBeUndefined();
        await createdRequest({ connectionId: request.connectionId });
      });

      test('a request is there until the second in which it expires', async () => {
        const { request } = await createdRequest({ expiresAt: clock.seconds() + 2 });
        clock.pass(1999);
        expect(await store.requests(request.connectionId)).toEqual([request]);
        clock.pass(1);
        expect(await store.requests(request.connectionId)).toEqual([]);
      });

      test('a removed request is not there; another with its id stays', async () => {
        const { request } = await createdRequest();
        await store.removeRequest(keyOf(request), newName('request'));
        expect(await store.requests(request.connectionId)).toEqual([request]);
        await store.removeRequest(keyOf(request), request.request);
        await store.removeRequest(keyOf(request), request.request);
        expect(await store.requests(request.connectionId)).toEqual([]);
      });

      test('a request that is removed tells the run that it had been joined to', async () => {
        const { request, lease } = await createdRequest();
        await store.saveRequest(request, lease, { run: 'the run' });
        expect(await store.removeRequest(keyOf(request), newName('request'))).toBeUndefined();
        expect(await store.removeRequest(keyOf(request), request.request)).toBe('the run');
        expect(await store.removeRequest(keyOf(request), request.request)).toBeUndefined();
      });

      test('whoever seizes a request has it, and the holder before has lost it', async () => {
        const { request, lease } = await createdRequest();
        const thief = newLease(clock);
        expect(await store.seizeRequest(keyOf(request), thief)).toEqual(request);
        expect(await store.saveRequest(request, lease, { seq: 1 })).toBeUndefined();
        expect(await store.saveRequest(request, thief, { seq: 2 })).toEqual({ ...request, seq: 2 });
        expect(await store.claimRequest(request, newLease(clock))).toEqual({ state: 'held' });
      });

      test('a request that is not there cannot be seized, and is not made by it', async () => {
        const request = newRequest(clock);
        expect(await store.seizeRequest(request, newLease(clock))).toBeUndefined();
        expect(await store.requests(request.connectionId)).toEqual([]);
      });
    });

    describe('a request that was canceled in advance', () => {
      const inAMinute = () => clock.seconds() + 60;

      it('is rejected when it was received by then, and is no request until it is accepted', async () => {
        const request = newRequest(clock);
        const key = keyOf(request);
        expect(await store.cancelInAdvance(key, request.receivedAt, inAMinute())).toBe(true);
        expect(await store.createRequest(request, newLease(clock))).toBe(false);
        expect(await store.isCanceledInAdvance(key)).toBe(true);
        expect(await store.requests(request.connectionId)).toEqual([]);
        expect(await store.claimRequest(key, newLease(clock))).toEqual({ state: 'missing' });
        expect(await store.seizeRequest(key, newLease(clock))).toBeUndefined();
        expect(await store.saveRequest(key, newLease(clock), { seq: 1 }, true)).toBeUndefined();
        await store.allowMore(key, request.request, 1);
        expect(await store.removeRequest(key, request.request)).toBeUndefined();
        expect(await store.isCanceledInAdvance(key)).toBe(true);
      });

      it('is stored when it was received later', async () => {
        const request = newRequest(clock);
        await store.cancelInAdvance(request, request.receivedAt - 1, inAMinute());
        const lease = newLease(clock);
        expect(await store.createRequest(request, lease)).toBe(true);
        expect(await store.isCanceledInAdvance(request)).toBe(false);
        expect(await store.saveRequest(request, lease, {}, true)).toEqual(request);
      });

      it('is stored when the cancellation has expired', async () => {
        const request = newRequest(clock);
        await store.cancelInAdvance(request, request.receivedAt, inAMinute());
        clock.pass(60_000);
        expect(await store.isCanceledInAdvance(request)).toBe(false);
        expect(await store.createRequest(request, newLease(clock))).toBe(true);
      });

      it('stays canceled by the latest of several cancellations', async () => {
        const request = newRequest(clock);
        expect(await store.cancelInAdvance(request, request.receivedAt - 1, inAMinute())).toBe(true);
        expect(await store.cancelInAdvance(request, request.receivedAt, inAMinute())).toBe(true);
        expect(await store.cancelInAdvance(request, request.receivedAt - 1, inAMinute())).toBe(false);
        expect(await store.createRequest(request, newLease(clock))).toBe(false);
      });

      it('is not canceled in advance when it is stored, and is seized only when it was received by then', async () => {
        const { request } = await createdRequest();
        expect(await store.cancelInAdvance(request, request.receivedAt, inAMinute())).toBe(false);
        expect(await store.isCanceledInAdvance(request)).toBe(false);
        expect(await store.seizeRequest(keyOf(request), newLease(clock), request.receivedAt - 1)).toBeUndefined();
        expect(await store.seizeRequest(keyOf(request), newLease(clock), request.receivedAt)).toEqual(request);
      });
    });

    describe('the messages that a client allows', () => {
      test('are added up, whoever holds the request, and saved changes leave them alone', async () => {
        const { request, lease } = await createdRequest({ allowed: 2 });
        await Promise.all([store.allowMore(keyOf(request), request.request, 3), store.allowMore(keyOf(request), request.request, 4)]);
        expect(await store.saveRequest(request, lease, { seq: 2 })).toEqual({ ...request, seq: 2, allowed: 9 });
      });

      test('have no effect without a window', async () => {
        const { request } = await createdRequest();
        await store.allowMore(keyOf(request), request.request, 3);
        expect(await store.requests(request.connectionId)).toEqual([request]);
      });

      test('have no effect on a later request with the same id', async () => {
        const { request } = await createdRequest({ allowed: 2 });
        await store.allowMore(keyOf(request), newName('request'), 3);
        expect(await store.requests(request.connectionId)).toEqual([request]);
      });

      test('have no effect where there is no request, or one that has expired', async () => {
        const { request } = await createdRequest({ allowed: 2 });
        const missing = newRequest(clock);
        await store.allowMore(keyOf(missing), missing.request, 3);
        clock.passLife();
        await store.allowMore(keyOf(request), request.request, 3);
        expect(await store.requests(missing.connectionId)).toEqual([]);
        expect(await store.requests(request.connectionId)).toEqual([]);
      });
    });

    describe('early credits', () => {
      function newCredit(changes: Partial<EarlyCredit> = {}): EarlyCredit {
        return { name: newName('credit'), result: 'r', credit: 3, receivedAt: clock.time, expiresAt: clock.seconds() + 10, ...changes };
      }

      it('are those for a result of a connection that were received from a moment on, until they expire', async () => {
        const connectionId = newName('connection=');
        const [early, first, second] = [newCredit({ receivedAt: clock.time - 1 }), newCredit(), newCredit({ receivedAt: clock.time + 1 })];
        for (const credit of [second, first, early, newCredit({ result: 'r2' }), newCredit({ expiresAt: clock.seconds() })]) {
          await store.storeEarlyCredit(connectionId, credit);
        }
        await store.storeEarlyCredit(newName('connection='), newCredit());
        expect(new Set(await store.earlyCredits(connectionId, 'r', clock.time))).toEqual(new Set([first, second]));
        expect(await store.requests(connectionId)).toEqual([]);
      });

      it('are at most 100 of those that a client sent', async () => {
        const connectionId = newName('connection=');
        for (let credit = 0; credit < 101; credit += 1) {
          await store.storeEarlyCredit(connectionId, newCredit());
        }
        expect(await store.earlyCredits(connectionId, 'r', 0)).toHaveLength(100);
      });

      it('are taken once each by a request with a window, and added to what it is allowed', async () => {
        const { request, lease } = await createdRequest({ allowed: 2 });
        for (const early of ['one', 'one', 'two', 'one']) {
          await store.allowMore(keyOf(request), request.request, 3, early);
        }
        await store.allowMore(keyOf(request), newName('request'), 3, 'three');
        expect(await store.saveRequest(request, lease, {})).toEqual({ ...request, allowed: 8 });
      });

      it('are not taken without a window', async () => {
        const { request } = await createdRequest();
        await store.allowMore(keyOf(request), request.request, 3, 'one');
        expect(await store.requests(request.connectionId)).toEqual([request]);
      });
    });

    describe('callers', () => {
      const identity: Identity = { caller: 'hash', claims: { 'tenant_id': 'ü"', 'cognito:groups': ['a', ''], 'nothing': null, 'object': {} }, validUntil: 1_234_567 };

      test('a connection has the identity that it was given, and none once that was removed', async () => {
        const connectionId = newName('connection=');
        expect(await store.identity(connectionId)).toBeUndefined();
        await store.createIdentity(connectionId, identity, clock.seconds() + 10);
        expect(await store.identity(connectionId)).toEqual(identity);
        await store.removeIdentity(connectionId);
        await store.removeIdentity(connectionId);
        expect(await store.identity(connectionId)).toBeUndefined();
      });

      test('an identity that never expires, and has no claims, stays one', async () => {
        const connectionId = newName('connection');
        await store.createIdentity(connectionId, { caller: 'hash', claims: {} }, clock.seconds() + 10);
        expect(await store.identity(connectionId)).toEqual({ caller: 'hash', claims: {} });
      });

      test('an identity is no request, and no request is an identity', async () => {
        const { request } = await createdRequest({ id: 'identity' });
        expect(await store.identity(request.connectionId)).toBeUndefined();
        await store.createIdentity(request.connectionId, identity, clock.seconds() + 10);
        expect(await store.requests(request.connectionId)).toEqual([request]);
      });

      test('an identity whose record has expired is not there', async () => {
        const connectionId = newName('connection');
        await store.createIdentity(connectionId, identity, clock.seconds() + 2);
        clock.pass(2000);
        expect(await store.identity(connectionId)).toBeUndefined();
      });

    });

    describe('the queries in flight of a caller', () => {
      function newQuery(seconds = 10): QueryInFlight {
        return { connectionId: newName('connection='), id: '#ü"', request: newName('request'), askedAt: clock.time, expiresAt: clock.seconds() + seconds };
      }

      it('are those that were counted on any connection, each once, until they are uncounted or expire', async () => {
        const [caller, other] = [newName('caller'), newName('caller')];
        const [first, second, third, foreign] = [newQuery(), newQuery(), newQuery(2), newQuery()];
        for (const query of [first, first, second, third]) {
          await store.countQuery(caller, query);
        }
        await store.countQuery(other, foreign);
        expect(new Set(await store.queriesOf(caller))).toEqual(new Set([first, second, third]));
        await store.uncountQuery(caller, second.request);
        await store.uncountQuery(caller, second.request);
        clock.pass(2000);
        expect(await store.queriesOf(caller)).toEqual([first]);
        expect(await store.queriesOf(other)).toEqual([foreign]);
      });

      it('are all returned when they have more than a megabyte', async () => {
        const caller = newName('caller');
        for (let query = 0; query < MANY; query += 1) {
          await store.countQuery(caller, { ...newQuery(), id: LONG_TEXT });
        }
        expect(await store.queriesOf(caller)).toHaveLength(MANY);
      });
    });

    describe('runs', () => {
      test('a run is found by its name as it was stored', async () => {
        const run = await createdRun({ fetched: { ...NOTHING_FETCHED, token: undefined } });
        expect(await store.run(run.run)).toEqual(run);
        expect(await store.run(newName('run'))).toBeUndefined();
      });

      test('a run that has expired is not there, unless its life was made longer', async () => {
        const [short, long] = [await createdRun(), await createdRun()];
        const lease = newLease(clock);
        await store.claimRun(long.run, lease);
        await store.saveRun(long.run, lease, { expiresAt: long.expiresAt + 1 });
        clock.passLife();
        expect(await store.run(short.run)).toBeUndefined();
        expect(await store.run(long.run)).toEqual({ ...long, expiresAt: long.expiresAt + 1 });
      });

      test('a removed run is not there', async () => {
        const { run } = await createdRun();
        await store.removeRun(run);
        await store.removeRun(run);
        expect(await store.run(run)).toBeUndefined();
      });

      test('a run that another has taken over is not removed', async () => {
        const run = await createdRun();
        const [lost, held] = [newLease(clock), newLease(clock)];
        await store.claimRun(run.run, lost);
        clock.time = lost.until + 1;
        await store.claimRun(run.run, held);
        await store.removeRun(run.run, lost);
        expect(await store.run(run.run)).toEqual(run);
        await store.removeRun(run.run, held);
        expect(await store.run(run.run)).toBeUndefined();
      });

      test('a run that was given back is not removed', async () => {
        const run = await createdRun();
        const lease = newLease(clock);
        await store.claimRun(run.run, lease);
        await store.saveRun(run.run, lease, {}, true);
        await store.removeRun(run.run, lease);
        expect(await store.run(run.run)).toEqual(run);
      });
    });

    describe('questions', () => {
      const expiresAt = () => clock.seconds() + 3600;

      test('a question has the run that it was pointed to', async () => {
        const question = newName('question');
        expect(await store.runOfQuestion(question)).toBeUndefined();
        expect(await store.pointQuestion(question, 'one', undefined, expiresAt())).toBe(true);
        expect(await store.runOfQuestion(question)).toBe('one');
        expect(await store.pointQuestion(question, 'two', 'one', expiresAt())).toBe(true);
        expect(await store.runOfQuestion(question)).toBe('two');
      });

      test.each([['none', undefined], ['another', 'some']])('a question that has a run is not pointed elsewhere by who thinks that it has %s', async (__, previous) => {
        const question = newName('question');
        await store.pointQuestion(question, 'one', undefined, expiresAt());
        expect(await store.pointQuestion(question, 'two', previous, expiresAt())).toBe(false);
        expect(await store.runOfQuestion(question)).toBe('one');
      });

      test('a question is pointed to the same run twice without harm', async () => {
        const question = newName('question');
        await store.pointQuestion(question, 'one', undefined, expiresAt());
        await store.pointQuestion(question, 'two', 'one', expiresAt());
        expect(await store.pointQuestion(question, 'two', 'one', expiresAt())).toBe(true);
        expect(await store.runOfQuestion(question)).toBe('two');
      });

      test('of many that point a question at once, one does', async () => {
        const question = newName('question');
        const runs = ['one', 'two', 'three', 'four'];
        const pointed = await Promise.all(runs.map(async (run) => store.pointQuestion(question, run, undefined, expiresAt())));
        expect(pointed.filter(Boolean)).toHaveLength(1);
        expect(await store.runOfQuestion(question)).toBe(runs[pointed.indexOf(true)]);
      });

      test('a question whose run has expired has none', async () => {
        const question = newName('question');
        await store.pointQuestion(question, 'one', undefined, expiresAt());
        clock.passLife();
        expect(await store.runOfQuestion(question)).toBeUndefined();
        expect(await store.pointQuestion(question, 'two', 'one', expiresAt())).toBe(false);
        expect(await store.pointQuestion(question, 'one', 'one', expiresAt())).toBe(false);
        expect(await store.pointQuestion(question, 'two', undefined, expiresAt())).toBe(true);
        expect(await store.runOfQuestion(question)).toBe('two');
      });
    });

    describe('subscribers', () => {
      test('a run has those that subscribed to it, each once, and nothing else', async () => {
        const run = await createdRun();
        const { request: first } = await createdRequest();
        const { request: second } = await createdRequest({ connectionId: first.connectionId, id: 'b' });
        for (const request of [first, second, second]) {
          await store.subscribe(run.run, subscriberOf(request));
        }
        await store.subscribe(newName('run'), subscriberOf(newRequest(clock)));
        await table.results().keep(run, pieceOf(0, [['{}']]));
        expect(await store.subscribers(run.run)).toEqual([first, second].map(subscriberOf));
        await store.unsubscribe(run.run, first.request);
        await store.unsubscribe(run.run, first.request);
        expect(await store.subscribers(run.run)).toEqual([subscriberOf(second)]);
        expect(await store.run(run.run)).toEqual(run);
      });

      test('a run has all its subscribers, though they are more than fit into a megabyte', async () => {
        const { run } = newRun(clock);
        const ids = Array.from({ length: MANY_SUBSCRIBERS }, (__, index) => `${LONG_ID}${1000 + index}`);
        await Promise.all(ids.map(async (id) => store.subscribe(run, subscriberOf(newRequest(clock, { connectionId: 'c=', id })))));
        expect((await store.subscribers(run)).map(({ id }) => id).sort()).toEqual(ids);
      });

      test('a subscription that has expired is not there', async () => {
        const { run } = newRun(clock);
        await store.subscribe(run, subscriberOf(newRequest(clock)));
        clock.passLife();
        expect(await store.subscribers(run)).toEqual([]);
      });
    });
  });
}
