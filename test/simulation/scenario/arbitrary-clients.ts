import * as fc from 'fast-check';
import { chance, perhaps, time } from './arbitrary-values';
import type { SubmitCommand, ClientPlan, Command, ConnectionPlan, EndPlan, QueryRequestNumber, WindowPlan } from './scenario';

const queryRequest = fc.constantFrom<QueryRequestNumber>(0, 0, 0, 1, 2, 3);
const id = fc.constantFrom('a', 'a', 'b', 'c', 'd');

const windowPlan: fc.Arbitrary<WindowPlan> = fc.record({
  messages: fc.integer({ min: 1, max: 3 }),
  pause: fc.constantFrom(10, 0, 2000),
  stopsAfter: perhaps(fc.nat(4), 3),
});

const submit: fc.Arbitrary<SubmitCommand> = fc.record({
  type: fc.constant('submit'),
  after: time,
  id,
  queryRequest,
  maxAge: perhaps(fc.constantFrom(0, 3, 100), 4),
  window: perhaps(windowPlan, 4),
  takesGzip: fc.boolean(),
  reusesId: chance(1),
  repeats: fc.constantFrom(0, 0, 0, 1, 3),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: submit },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('cancel'), after: time, id }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('ping'), after: time }) },
);

const end: fc.Arbitrary<EndPlan> = fc.record({
  after: time,
  goneAfter: fc.constantFrom(0, 0, 3000, 60_000, 600_000, 7_200_000),
  disconnects: fc.oneof(fc.tuple(fc.nat(2000)), fc.constant([]), fc.tuple(fc.nat(2000), fc.nat(60_000))),
});

/** Often just when departed clients are detected: a client reconnects while its statement is being canceled. */
const pause = fc.oneof(
  { weight: 12, arbitrary: time },
  { weight: 4, arbitrary: fc.integer({ min: 44_000, max: 47_000 }) },
  // A client that reconnects after more than 3 hours, when records without retention have expired, finds results that are retained for a day.
  { weight: 1, arbitrary: fc.integer({ min: 12_000_000, max: 14_000_000 }) },
);

const connection: fc.Arbitrary<ConnectionPlan> = fc.record({
  after: pause,
  queryRequest: perhaps(queryRequest, 3),
  opensAfter: fc.constantFrom(0, 20, 500, 3000),
  sessionLasts: perhaps(fc.constantFrom(1000, 5000, 30_000, 90_000, 400_000, 2_000_000)),
  commands: fc.array(command, { maxLength: 5 }),
  end: perhaps(end, 2),
  full: perhaps(fc.record({ after: time, lasts: fc.nat(40_000) }), 8),
});

const caller = fc.constantFrom<0 | 1>(0, 1);

export const client: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: time,
  caller,
  connections: fc.array(connection, { minLength: 1, maxLength: 3 }),
});

const submitFirst: fc.Arbitrary<Command> = submit.map((drawn) => ({ ...drawn, queryRequest: 0, reusesId: false }));

/** A client that submits one query and leaves soon, and sometimes reconnects just when its run is closed. */
const shortConnection: fc.Arbitrary<ConnectionPlan> = fc.record({
  after: fc.oneof(fc.integer({ min: 9_950, max: 10_250 }), fc.nat(3000)),
  queryRequest: perhaps(fc.constant<QueryRequestNumber>(0)),
  opensAfter: fc.constantFrom(0, 500),
  commands: fc.array(fc.oneof({ weight: 3, arbitrary: submitFirst }, { weight: 1, arbitrary: command }), { maxLength: 2 }),
  end: perhaps(fc.record({ after: fc.nat(4000), goneAfter: fc.constantFrom(0, 3000), disconnects: fc.constantFrom([5], [5], [5, 50], []) })),
});

export const shortVisit: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.nat(200),
  caller,
  connections: fc.array(shortConnection, { minLength: 1, maxLength: 2 }),
});

const submitOnce = fc.record<SubmitCommand>({
  type: fc.constant('submit'), after: fc.constant(0), id: fc.constant('a'), queryRequest: fc.constant(0), reusesId: fc.constant(false), repeats: fc.constant(0),
});

/** A client that submits a long query and disconnects a moment later. */
export const leavingClient: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.constant(0),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({
    after: fc.constant(0),
    opensAfter: fc.constant(0),
    commands: fc.tuple(submitOnce),
    end: fc.record({ after: fc.nat(1500), goneAfter: fc.constant(0), disconnects: fc.constant([5]) }),
  })),
});

/** Another client that submits the same query some seconds later, and stays. */
export const lateClient: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.integer({ min: 9_900, max: 12_500 }),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({
    after: fc.constant(0), queryRequest: fc.constant(0), opensAfter: fc.constant(0), commands: fc.constant([]),
  })),
});

/** The same client with a message, which subscribes only once, just when the run that the first one left is closed: see `GRACE` in `promises.ts`. */
export const lateClientAtClosing: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.integer({ min: 44_500, max: 47_500 }),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({ after: fc.constant(0), opensAfter: fc.constant(0), commands: fc.tuple(submitOnce) })),
});

/** One of many clients, each with a few queries. */
export const oneOfMany: fc.Arbitrary<ClientPlan> = fc.record({
  startsAfter: fc.oneof(fc.constant(0), fc.nat(2000), fc.nat(20_000)),
  caller,
  connections: fc.tuple(fc.record<ConnectionPlan>({
    after: fc.constant(0),
    queryRequest: perhaps(queryRequest),
    opensAfter: fc.constantFrom(0, 500),
    commands: fc.array(fc.oneof({ weight: 4, arbitrary: submit }, { weight: 1, arbitrary: command }), { minLength: 1, maxLength: 2 }),
    end: perhaps(end, 3),
  })),
});
