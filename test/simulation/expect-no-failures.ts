import { replayCommand, runSeeds, scenarioOf, seedsFrom, simulate } from './seeds';

const SHOWN_LINES = 60;

/** Simulates the scenarios of consecutive seeds, and fails with the broken promises and how to see them again. Returns how often each thing happened. */
export async function expectNoFailures(first: number, count: number): Promise<Readonly<Record<string, number>>> {
  const { failures, counts } = await runSeeds(seedsFrom(first, count));
  if (failures.length > 0) {
    const { history } = await simulate(scenarioOf(failures[0].seed), true);
    process.stderr.write(`the end of the history of seed ${failures[0].seed}:\n${history.slice(-SHOWN_LINES).join('\n')}\n`);
  }
  expect(failures.map(({ seed, broken: [{ promise, what }] }) => `${promise}: ${what}; ${replayCommand(seed)}`)).toEqual([]);
  return counts;
}
