import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { Counts } from './counts';
import { anyScenario } from './scenario/arbitrary';
import type { Scenario } from './scenario/scenario';
import { Simulation } from './simulation';
import type { BrokenPromise, SimulationResult } from './simulation';

/** A seed whose scenario breaks a promise. */
export interface Failure {
  readonly seed: number;
  readonly broken: readonly BrokenPromise[];
}

/** What became of some seeds. */
export interface SeedsResult {
  readonly failures: readonly Failure[];
  readonly counts: Readonly<Record<string, number>>;
}

/** The smallest scenario that was found to break the promise of a failure, and what happened in it. */
export interface ShrunkFailure extends Failure {
  readonly scenario: Scenario;
  readonly history: readonly string[];
}

const ONE_RUN = { numRuns: 1, unbiased: true };

/** The scenario of a seed: always the same. */
export function scenarioOf(seed: number): Scenario {
  const scenarios: Scenario[] = [];
  fc.check(fc.property(anyScenario, (scenario) => void scenarios.push(scenario)), { ...ONE_RUN, seed });
  return scenarios[0];
}

/** Lets a scenario happen. */
export async function simulate(scenario: Scenario, recordsHistory = false): Promise<SimulationResult> {
  return new Simulation(scenario, recordsHistory).run();
}

/** Simulates the scenarios of some seeds, one after the other; `done` receives each result, and returns whether to continue. */
export async function runSeeds(seeds: Iterable<number>, done: (failure?: Failure) => boolean = () => true): Promise<SeedsResult> {
  const counts = new Counts();
  const failures: Failure[] = [];
  for (const seed of seeds) {
    const result = await simulate(scenarioOf(seed));
    const failure = result.broken.length > 0 ? { seed, broken: result.broken } : undefined;
    counts.addAll(result.counts);
    failures.push(...failure ? [failure] : []);
    if (!done(failure)) {
      break;
    }
    // A simulation never returns to the event loop, where timeouts and messages between processes wait.
    await setImmediate();
  }
  return { failures, counts: counts.all() };
}

/** So many seeds from the first on, every `step`th. */
export function* seedsFrom(first: number, count: number, step = 1): Generator<number> {
  for (let seed = first; seed < first + count; seed += step) {
    yield seed;
  }
}

/** Looks, for some seconds, for the smallest scenario that breaks the same promise. */
export async function shrink({ seed, broken }: Failure, seconds: number): Promise<ShrunkFailure> {
  const { promise } = broken[0];
  const holds = fc.asyncProperty(anyScenario, async (candidate) => (await simulate(candidate)).broken[0]?.promise !== promise);
  const { counterexample } = await fc.check(holds, { ...ONE_RUN, seed, interruptAfterTimeLimit: seconds * 1000 });
  const scenario = counterexample?.[0] ?? scenarioOf(seed);
  const { broken: brokenThen, history } = await simulate(scenario, true);
  return { seed, scenario, broken: brokenThen, history };
}

/** How to see a failure again. */
export function replayCommand(seed: number): string {
  return `npm run simulate -- --seeds 1 --from ${seed}`;
}
