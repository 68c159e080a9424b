import { gzipSync } from 'node:zlib';
import { batchesOf, stringify } from './encodings';
import { cpuOf } from './measure';
import type { Trips } from './trips';
import { unpack } from '../../src/runtime/results/message-batch';
import { median } from '../statistics';

const LEVELS = [1, 3, 4, 5, 6, 7] as const;

/** What gzip alone needs at a compression level, for the messages of the batches. */
export interface LevelMeasurement {
  readonly level: number;
  /** Median of the CPU times, relative to JSON.stringify in the same round. */
  readonly cpu: number;
  readonly compressedBytes: number;
}

/** Compresses the messages at each level and round. Measures the reference immediately before each compression. */
export function measureLevels(trips: Trips, rounds: number, onRound: () => void): LevelMeasurement[] {
  const arrays = batchesOf(trips).map(({ batch }) => Buffer.from(`[${unpack(batch).join(',')}]`));
  const ratios = LEVELS.map((): number[] => []);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, level] of LEVELS.entries()) {
      const reference = cpuOf(() => stringify(trips));
      ratios[index].push(cpuOf(() => compressAll(arrays, level)) / reference);
    }
    onRound();
  }
  return LEVELS.map((level, index) => ({ level, cpu: median(ratios[index]), compressedBytes: compressAll(arrays, level) }));
}

function compressAll(arrays: readonly Buffer[], level: number): number {
  return arrays.reduce((total, array) => total + gzipSync(array, { level }).length, 0);
}
