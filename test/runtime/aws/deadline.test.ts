import { getDeadline } from '../../../src/runtime/aws/events/deadline';
import { systemClock } from '../../../src/runtime/aws/services/clock';

describe('getDeadline', () => {
  it('leaves a second to respond before Lambda ends the function', () => {
    jest.spyOn(systemClock, 'now').mockReturnValue(1_000_000);
    expect(getDeadline({ getRemainingTimeInMillis: () => 29_000 })).toBe(1_028_000);
  });
});
