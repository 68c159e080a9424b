import { Counts } from './counts';
import { replayCommand, runSeeds, scenarioOf, seedsFrom, simulate } from './seeds';

const CHUNKS = 6;
const SEEDS_OF_CHUNK = 250;
const TIMEOUT = 120_000;
const SHOWN_LINES = 60;

/** What a simulation must have lived through to be worth anything. */
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
  'connection refused',
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
  'asked again',
  'resume',
  'asked anew',
  'cancel by a client',
  'statement cancelled',
  'more',
  'client allows no more',
  'too many active statements',
  'rate of fetchPage exceeded',
  'rate of cancel exceeded',
  'given up',
  'dead letter',
  'dead letter sent back',
  'received a packed message',
  'received complete, truncated',
  'received complete, whole',
  'the same kept again',
  'something else had been kept',
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

test.each(Array.from({ length: CHUNKS }, (_, place) => place * SEEDS_OF_CHUNK + 1))('every promise is kept in 250 scenarios from seed %i on', async (first) => {
  const { failures, counts } = await runSeeds(seedsFrom(first, SEEDS_OF_CHUNK));
  reached.addAll(counts);
  if (failures.length > 0) {
    const { history } = await simulate(scenarioOf(failures[0].seed), true);
    process.stderr.write(`the end of the history of seed ${failures[0].seed}:\n${history.slice(-SHOWN_LINES).join('\n')}\n`);
  }
  expect(failures.map(({ seed, broken: [{ promise, what }] }) => `${promise}: ${what}; ${replayCommand(seed)}`)).toEqual([]);
}, TIMEOUT);

test('those scenarios reached crashes, lost and repeated events, resumes, cancellations, throttles, windows and every kind of ending', () => {
  expect(REACHED.filter((what) => reached.of(what) === 0)).toEqual([]);
});

test('a seed always gives the same scenario, and a scenario always the same history', async () => {
  expect(scenarioOf(7)).toEqual(scenarioOf(7));
  const { history } = await simulate(scenarioOf(7), true);
  expect(history.length).toBeGreaterThan(0);
  expect((await simulate(scenarioOf(7), true)).history).toEqual(history);
});
