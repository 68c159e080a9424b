import { expectNoFailures } from './expect-no-failures';
import { scenarioOf, simulate } from './seeds';

describe('the simulation', () => {
  // test/deep/simulation continues with more seeds.
  it.each([1, 101])('breaks no promise in 100 scenarios from seed %i on', async (first) => {
    await expectNoFailures(first, 100);
  });

  it('runs the same scenario with the same history each time for a seed', async () => {
    expect(scenarioOf(7)).toEqual(scenarioOf(7));
    const { history } = await simulate(scenarioOf(7), true);
    expect(history.length).toBeGreaterThan(0);
    expect((await simulate(scenarioOf(7), true)).history).toEqual(history);
  });
});
