import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSimulation, firstFailure, MUTANTS } from './mutants';

const MOST_SEEDS = 2000;

/** More than so many seeds take while other processes use the cores. */
jest.setTimeout(60 * 60 * 1000);

let folder: string;
let unchanged: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mutants-'));
  unchanged = await bundleSimulation(folder);
});

afterAll(() => rm(folder, { recursive: true }));

it.each(MUTANTS)('finds the defect: $name', async (mutant) => {
  const failure = await firstFailure(await bundleSimulation(folder, mutant), unchanged, MOST_SEEDS, mutant.seed);
  if (failure === undefined) {
    throw new Error(`${MOST_SEEDS} seeds did not find it out`);
  }
  const { seed, broken: [{ promise, what }] } = failure;
  process.stderr.write(`found by seed ${seed}: ${mutant.name} (${promise}: ${what.slice(0, 100)})\n`);
});
