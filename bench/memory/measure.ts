import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Delivery } from './deliver';
import { median } from '../statistics';

export interface Measurement extends Delivery {
  readonly pages: number;
}

const run = promisify(execFile);

/** Bundles the delivery, so that no compiler is in its memory. */
export async function bundleDelivery(directory: string): Promise<string> {
  const outfile = path.join(directory, 'deliver.js');
  await build({
    entryPoints: [path.join(__dirname, 'deliver.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
  });
  return outfile;
}

/** Delivers a result several times, each in a new process, and returns the medians. */
export async function measure(bundle: string, pages: number, rowsOfPage: number, rounds: number, onRound: () => void): Promise<Measurement> {
  const deliveries: Delivery[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { peakBytes } = await deliver(bundle, pages, rowsOfPage);
    // The collection of garbage lowers the peak, so another process has it.
    deliveries.push({ ...await deliver(bundle, pages, rowsOfPage, '--expose-gc'), peakBytes });
    onRound();
  }
  const medianOf = (name: keyof Delivery) => median(deliveries.map((delivery) => delivery[name]));
  return { pages, pageBytes: medianOf('pageBytes'), batchBytes: medianOf('batchBytes'), peakBytes: medianOf('peakBytes'), retainedBytes: medianOf('retainedBytes') };
}

async function deliver(bundle: string, pages: number, rowsOfPage: number, ...flags: string[]): Promise<Delivery> {
  const { stdout } = await run(process.execPath, [...flags, bundle, String(pages), String(rowsOfPage)]);
  return JSON.parse(stdout) as Delivery;
}
