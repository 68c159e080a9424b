import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Bundles } from './bundles';
import { ENVIRONMENT } from './functions';
import type { BundledFunction } from './functions';
import { median } from '../statistics';

export interface Measurement {
  readonly function: string;
  /** The classes of the clients. */
  readonly clients: readonly string[];
  /** CPU time of loading the bundle, in milliseconds. */
  readonly ownMs: number;
  /** CPU time of loading the bare clients, in milliseconds. */
  readonly bareMs: number;
  /** Median of the ratios of both times in the same round. Omitted for a function without clients. */
  readonly ratio?: number;
}

/** Loads a module, and prints the CPU time in microseconds. */
const LOAD = `
const before = process.cpuUsage();
require(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String(user + system), () => process.exit());
`;

const run = promisify(execFile);

/** Loads the bundle and the bare clients alternately, each in a new process. `modules` is the directory with the module of the layer. */
export async function measure(
  { name, clients }: BundledFunction, bundles: Bundles, modules: string, rounds: number, onRound: () => void,
): Promise<Measurement> {
  const times: { own: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // The first of two can be slower, because the other finds its files in the cache.
    const order = round % 2 === 0 ? ['own', 'bare'] as const : ['bare', 'own'] as const;
    const pair = { own: 0, bare: 0 };
    for (const kind of order) {
      pair[kind] = await loadMs(bundles[kind], modules);
    }
    times.push(pair);
    onRound();
  }
  return {
    function: name,
    clients,
    ownMs: median(times.map(({ own }) => own)),
    bareMs: median(times.map(({ bare }) => bare)),
    ...clients.length === 0 ? {} : { ratio: median(times.map(({ own, bare }) => own / bare)) },
  };
}

async function loadMs(bundle: string, modules: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['-e', LOAD, bundle], { env: { PATH: process.env.PATH, ...ENVIRONMENT, NODE_PATH: modules } });
  return Number(stdout) / 1000;
}
