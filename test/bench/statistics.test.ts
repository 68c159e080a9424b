import { mean, median, percentile } from '../../bench/statistics';

const NUMBERS = Array.from({ length: 200 }, (_, index) => 200 - index);

describe('percentile', () => {
  it('returns the number at a share of the sorted numbers', () => {
    expect(percentile(NUMBERS, 0.99)).toBe(199);
    expect(percentile(NUMBERS, 1)).toBe(200);
    expect(percentile([7], 0.99)).toBe(7);
    expect(median([3, 1, 2])).toBe(2);
  });

  it('throws when there are no numbers', () => {
    expect(() => percentile([], 0.5)).toThrow('there are no measurements: increase --queries');
  });
});

describe('mean', () => {
  it('returns the average', () => {
    expect(mean([1, 2, 6])).toBe(3);
  });
});
