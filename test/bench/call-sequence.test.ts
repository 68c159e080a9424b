import { callsInSequence } from '../../bench/pipeline/measurement/call-sequence';
import type { TimedCall } from '../../bench/pipeline/measurement/call-sequence';

function call(startedAt: number, endedAt: number): TimedCall {
  return { startedAt, endedAt };
}

describe('callsInSequence', () => {
  it('counts a call without others as one', () => {
    expect(callsInSequence([], call(0, 5))).toBe(1);
  });

  it('counts parallel calls once, and short calls during a long one each', () => {
    const last = call(30, 40);
    expect(callsInSequence([call(0, 5), call(0, 25), last], last)).toBe(2);
    expect(callsInSequence([call(0, 5), call(6, 11), call(12, 17), call(0, 25), last], last)).toBe(4);
  });

  it('ignores calls that end after the last one started', () => {
    const last = call(30, 40);
    expect(callsInSequence([call(0, 5), call(6, 31), call(50, 60), last], last)).toBe(2);
  });
});
