import { addUsage, gigabyteSeconds, messageUnits, NO_USAGE, queueRequestUnits, transactionWriteUnits } from '../../bench/usage';

describe('billed units', () => {
  it.each([
    ['an empty message', messageUnits(0), 1],
    ['a message of 32 KB', messageUnits(32 * 1024), 1],
    ['a message of one byte more', messageUnits(32 * 1024 + 1), 2],
    ['a queue request of 64 KB', queueRequestUnits(64 * 1024), 1],
    ['a queue request of one byte more', queueRequestUnits(64 * 1024 + 1), 2],
    ['a write of no item in a transaction', transactionWriteUnits(0), 2],
    ['a write of 1 KB in a transaction', transactionWriteUnits(1024), 2],
    ['a write of one byte more in a transaction', transactionWriteUnits(1025), 4],
  ])('are rounded up for %s', (_, units, expected) => {
    expect(units).toBe(expected);
  });

  it('rounds the duration of a function up to a millisecond', () => {
    expect(gigabyteSeconds(99.1, 256)).toBeCloseTo(0.025, 10);
  });
});

describe('addUsage', () => {
  it('multiplies each usage by its factor', () => {
    expect(addUsage([{ readUnits: 2, invocations: 1 }, 3], [{ readUnits: 1 }, -1])).toEqual({ ...NO_USAGE, readUnits: 5, invocations: 3 });
  });
});
