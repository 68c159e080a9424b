import * as fc from 'fast-check';

/** Milliseconds: at once, soon, or some minutes later. */
export const time = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 10, 100) },
  { weight: 5, arbitrary: fc.nat(3000) },
  { weight: 3, arbitrary: fc.nat(30_000) },
  { weight: 1, arbitrary: fc.nat(300_000) },
);

/** The value once in `times` times, otherwise undefined. */
export function perhaps<T>(arbitrary: fc.Arbitrary<T>, times = 2): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** True for this number of tenths. */
export function chance(tenths: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 9 }).map((drawn) => drawn >= 10 - tenths);
}
