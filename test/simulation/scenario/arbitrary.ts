import * as fc from 'fast-check';
import { client, lateClient, lateClientAtClosing, leavingClient, oneOfMany, shortVisit } from './arbitrary-clients';
import { faults, throttle } from './arbitrary-faults';
import { event, result, settings, statement } from './arbitrary-statements';
import { perhaps } from './arbitrary-values';
import { deployedDuring } from './deployments';
import { PORT_CALLS } from './faults';
import type { Fault, FaultKind, PortCall } from './faults';
import type { ClientPlan, Scenario } from './scenario';

const random = fc.noShrink(fc.integer());
const events = fc.array(event, { minLength: 1, maxLength: 4 });

/** Many clients, many query requests, many faults. */
const manyFaults: fc.Arbitrary<Scenario> = fc.record({
  random,
  settings,
  clients: fc.array(client, { minLength: 1, maxLength: 4 }),
  statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
  events,
  faults: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 4, arbitrary: faults }),
  copies: fc.array(fc.record({ nth: fc.nat(60), after: fc.oneof(fc.nat(2000), fc.nat(100_000)) }), { maxLength: 3 }),
  throttles: perhaps(fc.array(throttle, { minLength: 1, maxLength: 2 }), 6),
  postDelayMs: perhaps(fc.constantFrom(1000, 4000), 6),
  clockSkewMs: perhaps(fc.constantFrom(20, 500, 3000), 6),
});

/** One query request, and a fault at one moment or two: a crash between any two calls. */
const oneFault: fc.Arbitrary<Scenario> = fc.record({
  random,
  settings: settings.map((drawn) => ({ ...drawn, timeoutSeconds: 900, activeStatements: 500, shareOfRates: 1 })),
  clients: fc.array(shortVisit, { minLength: 1, maxLength: 2 }),
  statements: fc.tuple(fc.oneof(
    result(fc.nat(8), fc.constant(12_000), fc.constantFrom(1000, 2)),
    result(fc.nat(8), fc.constant(12_000), fc.constantFrom(1000, 2)).map((drawn) => ({ ...drawn, runsFor: 800_000 })),
    result(fc.integer({ min: 10, max: 30 }), fc.constant(4000), fc.constantFrom(1, 3)).map((drawn) => ({ ...drawn, runsFor: 100 })),
  )),
  events,
  faults: fc.array(fc.record<Fault>({
    call: fc.oneof(fc.constant('any' as const), fc.constantFrom(...PORT_CALLS)),
    nth: fc.oneof(fc.nat(3), fc.nat(70)),
    times: fc.constant(1),
    kind: fc.constantFrom('crash before', 'crash after', 'crash after', 'error after', 'busy after'),
    milliseconds: fc.constant(0),
  }), { maxLength: 2 }),
  copies: fc.constant([]),
});

/** A statement that runs long after its client has left, and a function that fails in one of a few ways at one of a few calls. */
function idleRun(clients: fc.Arbitrary<ClientPlan[]>, calls: readonly PortCall[], kinds: readonly FaultKind[]): fc.Arbitrary<Scenario> {
  return fc.record({
    random,
    settings: settings.map((drawn) => {
      return { ...drawn, timeoutSeconds: 900, maxQueriesPerCaller: undefined, activeStatements: 500, shareOfRates: 1 };
    }),
    clients,
    statements: fc.tuple(result(fc.nat(3), fc.constant(10), fc.constant(1000)).map((drawn) => ({ ...drawn, runsFor: 800_000 }))),
    events: fc.constant([[5]]),
    faults: fc.array(fc.record<Fault>({
      call: fc.constantFrom(...calls), nth: fc.nat(5), times: fc.constant(1), kind: fc.constantFrom(...kinds), milliseconds: fc.nat(1500),
    }), { minLength: 1, maxLength: 2 }),
    copies: fc.constant([]),
  });
}

const idle = idleRun(fc.tuple(leavingClient), ['statementApi.start', 'store.saveRun', 'store.acquireRun', 'store.subscribers'], ['crash before', 'crash after']);
const nearlyIdle = idleRun(
  fc.tuple(leavingClient, lateClientAtClosing),
  ['store.saveRun', 'store.subscribers', 'store.createRequest', 'store.run', 'store.removeRun'],
  ['slow before', 'slow after', 'busy before'],
);

/** A result with a slow fetch for one client, and a function that crashes between storing rows and reporting it, or is throttled then. */
const longFetch: fc.Arbitrary<Scenario> = fc.record({
  random,
  settings: settings.map((drawn) => ({ ...drawn, timeoutSeconds: 900, activeStatements: 500, maxResultBytes: undefined })),
  clients: fc.tuple(lateClient),
  statements: fc.tuple(result(fc.integer({ min: 10, max: 40 }), fc.constant(4000), fc.constantFrom(1, 3))
    .map((drawn) => ({ ...drawn, runsFor: 100 }))),
  events: fc.constant([[5]]),
  faults: fc.array(fc.record<Fault>({
    call: fc.constantFrom('results.store', 'results.store', 'store.saveRun', 'statementApi.fetchPage'),
    nth: fc.nat(6),
    times: fc.constant(1),
    kind: fc.constantFrom('crash after', 'crash after', 'crash before', 'throttled', 'slow before'),
    milliseconds: fc.nat(40_000),
  }), { minLength: 1, maxLength: 3 }),
  copies: fc.constant([]),
});

/** A client that takes seconds for each of many messages, more than a function has time for. */
const slowClient: fc.Arbitrary<Scenario> = fc.record({
  random,
  settings: settings.map((drawn) => ({ ...drawn, timeoutSeconds: 900, activeStatements: 500, maxRows: undefined, maxResultBytes: undefined })),
  clients: fc.tuple(shortVisit),
  statements: fc.tuple(
    result(fc.integer({ min: 30, max: 40 }), fc.constant(30_000), fc.constantFrom(1000, 5)).map((drawn) => ({ ...drawn, runsFor: 100 })),
  ),
  events,
  faults: fc.constant([]),
  copies: fc.constant([]),
  postDelayMs: fc.constant(4000),
});

/** Twenty clients that wait for the same few statements. */
const manyClients: fc.Arbitrary<Scenario> = fc.record({
  random,
  settings,
  clients: fc.array(oneOfMany, { minLength: 20, maxLength: 20 }),
  statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
  events,
  faults: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: faults }),
  copies: fc.constant([]),
  postDelayMs: perhaps(fc.constantFrom(1000, 4000), 3),
});

/** Any scenario; it shrinks to the smallest that still breaks a promise. */
export const anyScenario: fc.Arbitrary<Scenario> = fc.oneof(
  { weight: 70, arbitrary: oneFault },
  { weight: 10, arbitrary: deployedDuring(oneFault) },
  { weight: 70, arbitrary: manyFaults },
  { weight: 10, arbitrary: deployedDuring(manyFaults) },
  { weight: 10, arbitrary: idle },
  { weight: 10, arbitrary: nearlyIdle },
  { weight: 10, arbitrary: longFetch },
  { weight: 2, arbitrary: slowClient },
  { weight: 1, arbitrary: manyClients },
);
