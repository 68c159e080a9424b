import { Counts } from '../../simulation/counts';
import { expectNoFailures } from '../../simulation/expect-no-failures';

const SEEDS_PER_TEST = 250;

/** The events that must occur in the scenarios. */
const REACHED = [
  'crash',
  'timeout',
  'fault: throttled',
  'fault: busy after',
  'fault: slow before',
  'invocation of SendMessage throttled',
  'invocation of OnMessage throttled',
  'invocation with a clock that is off',
  'invocation of OnConnect, old version',
  'invocation of OnConnect, new version',
  'invocation of OnMessage, old version',
  'invocation of OnMessage, new version',
  'invocation of SendMessage, old version',
  'invocation of SendMessage, new version',
  'start denied after a deployment',
  'fault: lost',
  'fault: wrongly gone',
  'query submitted again after a lost message',
  'event lost',
  'event delivered twice',
  'message delivered twice',
  'message not handled',
  'connection rejected',
  'connection replaced',
  'closed by the service',
  'close after the client had gone',
  'received bye',
  '$disconnect lost',
  '$disconnect delivered twice',
  'post before the connection was open',
  'post after the client had gone',
  'post that went nowhere',
  'post to a full client',
  'accepted',
  'accepted shared',
  'accepted shared cached',
  'accepted twice',
  'query submitted again',
  'resume',
  'query submitted again after result_expired',
  'cancel by a client',
  'statement cancelled',
  'more',
  'client allows no more',
  'too many active statements',
  'rate of fetchPage exceeded',
  'rate of cancel exceeded',
  'retries exhausted',
  'dead letter',
  'dead letter sent back',
  'received a compressed message',
  'received complete, truncated',
  'received complete, whole',
  'the same chunk stored again',
  'another chunk stored before',
  'received progress',
  'received pong',
  'received complete',
  'received error cancelled',
  'received error id_in_use',
  'received error internal',
  'received error result_expired',
  'received error row_too_large',
  'received error stalled',
  'received error start_refused',
  'received error statement_aborted',
  'received error statement_failed',
  'received error time_limit',
  'received error too_many_queries',
  'received error unknown_parameter',
  'received error unknown_query',
];

const reached = new Counts();

describe('the simulation', () => {
  it.each([1, 251, 501, 751, 1001, 1251])('violates no rule in 250 scenarios from seed %i', async (first) => {
    reached.addAll(await expectNoFailures(first, SEEDS_PER_TEST));
  });

  it('reaches crashes, lost and repeated events, resumes, cancellations, throttles, windows and every outcome', () => {
    expect(REACHED.filter((what) => reached.of(what) === 0)).toEqual([]);
  });
});
