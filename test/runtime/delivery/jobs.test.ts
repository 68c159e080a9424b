import { getRetryDelaySeconds } from '../../../src/runtime/model/jobs';

describe('getRetryDelaySeconds', () => {
  it.each([[2, 1], [3, 2], [4, 4], [5, 8], [6, 16], [7, 30], [100, 30]])('doubles the delay up to 30 seconds when the next attempt is %d', (attempt, seconds) => {
    expect(getRetryDelaySeconds(attempt)).toBe(seconds);
  });
});
