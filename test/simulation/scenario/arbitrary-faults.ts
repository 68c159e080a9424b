import * as fc from 'fast-check';
import { chance, time } from './arbitrary-values';
import { FAULT_KINDS, PORT_CALLS, POST_FAULT_KINDS } from './faults';
import type { Fault } from './faults';
import type { InvocationThrottle } from './scenario';

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

/** A message that the service regards as received, or a client that it regards as gone. */
const silentLoss: fc.Arbitrary<Fault> = fc.record({
  call: fc.constantFrom('connections.post', 'connections.post', 'connections.post', 'connections.close'),
  nth: fc.oneof(fc.nat(3), fc.nat(12)),
  times: fc.constantFrom(1, 1, 1, 2),
  kind: fc.constantFrom(...POST_FAULT_KINDS),
  milliseconds: fc.constant(0),
});

export const faults = fc.array(
  fc.oneof({ weight: 15, arbitrary: fault }, { weight: 1, arbitrary: outage }, { weight: 1, arbitrary: silentLoss }), { maxLength: 12 },
);

export const throttle: fc.Arbitrary<InvocationThrottle> = fc.record({
  after: time,
  lasts: fc.constantFrom(1000, 20_000, 100_000, 400_000, 1_000_000),
  onlySendMessage: chance(7),
});
