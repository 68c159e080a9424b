import * as fc from 'fast-check';
import { deployedDuring } from './deployments';
import { FAULT_KINDS, PORT_CALLS, POST_FAULT_KINDS } from './faults';
import type { Fault, FaultKind, PortCall } from './faults';
import type {
  AskCommand, ClientPlan, Command, ConnectionPlan, EndPlan, InvocationThrottle, QueryRequestNumber, Scenario, Settings, StatementPlan, WindowPlan,
} from './scenario';

/** Milliseconds: at once, soon, or some minutes later. */
const time = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 10, 100) },
  { weight: 5, arbitrary: fc.nat(3000) },
  { weight: 3, arbitrary: fc.nat(30_000) },
  { weight: 1, arbitrary: fc.nat(300_000) },
);

const DAY_SECONDS = 86_400;

const queryRequest = fc.constantFrom<QueryRequestNumber>(0, 0, 0, 1, 2, 3);
const id = fc.constantFrom('a', 'a', 'b', 'c', 'd');

/** Once in so many times the value, else none. */
function perhaps<T>(arbitrary: fc.Arbitrary<T>, times = 2): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** How many of ten are true. */
function chance(tenths: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 9 }).map((drawn) => drawn >= 10 - tenths);
}

const settings: fc.Arbitrary<Settings> = fc.record({
  timeoutSeconds: fc.constantFrom(60, 15, 300, 900),
  resultReuseSeconds: fc.constantFrom(0, 5, 60, 600, DAY_SECONDS),
  resultRetentionSeconds: fc.constantFrom(3600, 600, 60, DAY_SECONDS),
  maxQueriesPerConnection: fc.constantFrom(10, 10, 10, 3, 1),
  maxQueriesPerCaller: perhaps(fc.constantFrom(100, 100, 100, 100, 100, 100, 3, 1)),
  activeStatements: fc.constantFrom(500, 500, 500, 2, 1),
  shareOfRates: fc.constantFrom(1, 1, 1, 0.1),
  maxRows: perhaps(fc.constantFrom(5, 10, 1, 1000), 4),
  maxResultBytes: perhaps(fc.constantFrom(100_000, 20_000, 50), 10),
});

const statement: fc.Arbitrary<StatementPlan> = fc.oneof(
  { weight: 6, arbitrary: result(fc.nat(20), fc.constantFrom(10, 4000, 12_000), fc.constantFrom(1000, 5, 2)) },
  { weight: 1, arbitrary: result(fc.nat(3000), fc.constant(3), fc.constantFrom(1000, 500)) },
  { weight: 1, arbitrary: result(fc.nat(3), fc.constant(40_000), fc.constant(2)) },
  { weight: 3, arbitrary: result(fc.constant(0), fc.constant(1), fc.constant(1), fc.constantFrom('none', 'fails', 'refused', 'aborted')) },
);

function result(
  rows: fc.Arbitrary<number>,
  width: fc.Arbitrary<number>,
  rowsOfPage: fc.Arbitrary<number>,
  outcome: fc.Arbitrary<StatementPlan['outcome']> = fc.constant('rows'),
): fc.Arbitrary<StatementPlan> {
  const runsFor = fc.oneof(time, fc.nat(1000), fc.nat(2_000_000));
  return fc.record({ outcome, runsFor, rows, width, compresses: fc.boolean(), rowsOfPage, cancelTakes: fc.constantFrom(10, 0, 3000) });
}

const event = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.nat(400)) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(400), fc.nat(20_000)) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(100_000)) },
  { weight: 2, arbitrary: fc.constant([]) },
);

const windowPlan: fc.Arbitrary<WindowPlan> = fc.record({
  messages: fc.integer({ min: 1, max: 3 }),
  pause: fc.constantFrom(10, 0, 2000),
  stopsAfter: perhaps(fc.nat(4), 3),
});

const ask: fc.Arbitrary<AskCommand> = fc.record({
  type: fc.constant('ask'),
  after: time,
  id,
  queryRequest,
  maxAge: perhaps(fc.constantFrom(0, 3, 100), 4),
  window: perhaps(windowPlan, 4),
  takesGzip: fc.boolean(),
  heedless: chance(1),
  repeats: fc.constantFrom(0, 0, 0, 1, 3),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: ask },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel'), after: time, id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('ping'), after: time }) },
);

const end: fc.Arbitrary<EndPlan> = fc.record({
  after: time,
  goneAfter: fc.constantFrom(0, 0, 3000, 60_000, 600_000, 7_200_000),
  disconnects: fc.oneof(fc.tuple(fc.nat(2000)), fc.constant([]), fc.tuple(fc.nat(2000), fc.nat(60_000))),
});

/** Often just when those who left are found out: a client comes back as its statement is being given up. */
const pause = fc.oneof(
  { weight: 12, arbitrary: time },
  { weight: 4, arbitrary: fc.integer({ min: 44_000, max: 47_000 }) },
  // A client that comes back after more than 3 hours, which records outlive their use by, finds what is retained for a day.
  { weight: 1, arbitrary: fc.integer({ min: 12_000_000, max: 14_000_000 }) },
);

const connection: fc.Arbitrary<ConnectionPlan> = fc.record({
  after: pause,
  queryRequest: perhaps(queryRequest, 3),
  opensAfter: fc.constantFrom(0, 20, 500, 3000),
  signInLasts: perhaps(fc.constantFrom(1000, 5000, 30_000, 90_000, 400_000, 2_000_000)),
  commands: fc.array(command, { maxLength: 5 }),
  end: perhaps(end, 2),
  full: perhaps(fc.record({ after: time, lasts: fc.nat(40_000) }), 8),
});

const caller = fc.constantFrom<0 | 1>(0, 1);

const client: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: time,
  caller,
  connections: fc.array(connection, { minLength: 1, maxLength: 3 }),
});

const nth = fc.oneof(fc.nat(8), fc.nat(60));
const milliseconds = fc.oneof(fc.nat(3000), fc.nat(40_000));

const fault: fc.Arbitrary<Fault> = fc.record({
  call: fc.oneof(fc.constantFrom(...PORT_CALLS), fc.constant('any' as const)),
  nth,
  times: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.integer({ min: 2, max: 8 }) }),
  kind: fc.constantFrom(...FAULT_KINDS),
  milliseconds,
});

/** A call that fails for so long that messages become dead letters. */
const outage: fc.Arbitrary<Fault> = fc.record({
  call: fc.constantFrom(...PORT_CALLS),
  nth,
  times: fc.integer({ min: 5, max: 20 }),
  kind: fc.constantFrom('error before', 'error after', 'crash before', 'crash after'),
  milliseconds,
});

/** A message that the service takes for received, or a client that it takes for gone. */
const silence: fc.Arbitrary<Fault> = fc.record({
  call: fc.constantFrom('connections.post', 'connections.post', 'connections.post', 'connections.close'),
  nth: fc.oneof(fc.nat(3), fc.nat(12)),
  times: fc.constantFrom(1, 1, 1, 2),
  kind: fc.constantFrom(...POST_FAULT_KINDS),
  milliseconds: fc.constant(0),
});

const faults = fc.array(
  fc.oneof({ weight: 15, arbitrary: fault }, { weight: 1, arbitrary: outage }, { weight: 1, arbitrary: silence }), { maxLength: 12 },
);

const throttle: fc.Arbitrary<InvocationThrottle> = fc.record({
  after: time,
  lasts: fc.constantFrom(1000, 20_000, 100_000, 400_000, 1_000_000),
  onlySendMessage: chance(7),
});

const random = fc.noShrink(fc.integer());
const events = fc.array(event, { minLength: 1, maxLength: 4 });

/** Many clients, many query requests, many faults. */
const crowd: fc.Arbitrary<Scenario> = fc.record({
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

const askTheSame: fc.Arbitrary<Command> = ask.map((asked) => ({ ...asked, queryRequest: 0, heedless: false }));

/** A client that submits one query and leaves soon, and sometimes reconnects just when its run is closed. */
const visit: fc.Arbitrary<ConnectionPlan> = fc.record({
  after: fc.oneof(fc.integer({ min: 9_950, max: 10_250 }), fc.nat(3000)),
  queryRequest: perhaps(fc.constant<QueryRequestNumber>(0)),
  opensAfter: fc.constantFrom(0, 500),
  commands: fc.array(fc.oneof({ weight: 3, arbitrary: askTheSame }, { weight: 1, arbitrary: command }), { maxLength: 2 }),
  end: perhaps(fc.record({ after: fc.nat(4000), goneAfter: fc.constantFrom(0, 3000), disconnects: fc.constantFrom([5], [5], [5, 50], []) })),
});

const visitor: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.nat(200),
  caller,
  connections: fc.array(visit, { minLength: 1, maxLength: 2 }),
});

/** One query request, and a fault at one moment or two: a crash between any two calls. */
const moment: fc.Arbitrary<Scenario> = fc.record({
  random,
  settings: settings.map((drawn) => ({ ...drawn, timeoutSeconds: 900, activeStatements: 500, shareOfRates: 1 })),
  clients: fc.array(visitor, { minLength: 1, maxLength: 2 }),
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

const askOnce = fc.record<AskCommand>({
  type: fc.constant('ask'), after: fc.constant(0), id: fc.constant('a'), queryRequest: fc.constant(0), heedless: fc.constant(false), repeats: fc.constant(0),
});

/** A client that submits a long query and disconnects a moment later. */
const leaver: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.constant(0),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({
    after: fc.constant(0),
    opensAfter: fc.constant(0),
    commands: fc.tuple(askOnce),
    end: fc.record({ after: fc.nat(1500), goneAfter: fc.constant(0), disconnects: fc.constant([5]) }),
  })),
});

/** Another client that submits the same query some seconds later, and stays. */
const latecomer: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.integer({ min: 9_900, max: 12_500 }),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({
    after: fc.constant(0), queryRequest: fc.constant(0), opensAfter: fc.constant(0), commands: fc.constant([]),
  })),
});

/** The same, by a message, which subscribes only once, just when the run that the first one left is closed: see `GRACE` in `promises.ts`. */
const latecomerAtClosing: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.integer({ min: 44_500, max: 47_500 }),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({ after: fc.constant(0), opensAfter: fc.constant(0), commands: fc.tuple(askOnce) })),
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

const idle = idleRun(fc.tuple(leaver), ['statementApi.start', 'store.saveRun', 'store.acquireRun', 'store.subscribers'], ['crash before', 'crash after']);
const nearlyIdle = idleRun(
  fc.tuple(leaver, latecomerAtClosing), ['store.saveRun', 'store.subscribers', 'store.subscribe', 'store.run'], ['slow before', 'slow after'],
);

/** A result with a slow fetch for one client, and a function that crashes between storing rows and reporting it, or is throttled then. */
const longFetch: fc.Arbitrary<Scenario> = fc.record({
  random,
  settings: settings.map((drawn) => ({ ...drawn, timeoutSeconds: 900, activeStatements: 500, maxResultBytes: undefined })),
  clients: fc.tuple(latecomer),
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
  clients: fc.tuple(visitor),
  statements: fc.tuple(
    result(fc.integer({ min: 30, max: 40 }), fc.constant(30_000), fc.constantFrom(1000, 5)).map((drawn) => ({ ...drawn, runsFor: 100 })),
  ),
  events,
  faults: fc.constant([]),
  copies: fc.constant([]),
  postDelayMs: fc.constant(4000),
});

/** One of many clients, each with a few queries. */
const oneOfMany: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.oneof(fc.constant(0), fc.nat(2000), fc.nat(20_000)),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({
    after: fc.constant(0),
    queryRequest: perhaps(queryRequest),
    opensAfter: fc.constantFrom(0, 500),
    commands: fc.array(fc.oneof({ weight: 4, arbitrary: ask }, { weight: 1, arbitrary: command }), { minLength: 1, maxLength: 2 }),
    end: perhaps(end, 3),
  })),
});

/** Twenty clients that wait for the same few statements. */
const throng: fc.Arbitrary<Scenario> = fc.record({
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
  { weight: 70, arbitrary: moment },
  { weight: 10, arbitrary: deployedDuring(moment) },
  { weight: 70, arbitrary: crowd },
  { weight: 10, arbitrary: deployedDuring(crowd) },
  { weight: 10, arbitrary: idle },
  { weight: 10, arbitrary: nearlyIdle },
  { weight: 10, arbitrary: longFetch },
  { weight: 2, arbitrary: slowClient },
  { weight: 1, arbitrary: throng },
);
