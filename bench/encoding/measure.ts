import { ENCODINGS, batchesOf, stringify } from './encodings';
import type { Encoding } from './encodings';
import { percentile } from '../statistics';
import type { Trips } from './trips';
import { MAX_MESSAGE_BYTES } from '../../src/protocol/limits';
import { unpack } from '../../src/runtime/results/message-batch';

export interface Measurement {
  readonly name: string;
  readonly bytes: number;
  readonly messages: number;
  /** Billed units: one for each started 32 KB of a message. */
  readonly units: number;
  /** Ratio of bytes to billed bytes in all messages but the last. */
  readonly fill: number;
  /** CPU time, relative to JSON.stringify in the same round. */
  readonly cpu?: { readonly median: number; readonly min: number; readonly max: number; readonly medianMs: number };
}

/** Encodes the trips in each format and round. Measures the reference immediately before each encoding. */
export async function measure(trips: Trips, rounds: number, onRound: () => void): Promise<Measurement[]> {
  const times = new Map<Encoding, { ratio: number; ms: number }[]>();
  // The first round warms up the compiler.
  for (let round = 0; round <= rounds; round += 1) {
    for (const encoding of ENCODINGS.filter(({ isMeasured }) => isMeasured)) {
      const reference = cpuOf(() => stringify(trips));
      const ms = cpuOf(() => encoding.encode(trips));
      times.set(encoding, [...times.get(encoding) ?? [], ...round > 0 ? [{ ratio: ms / reference, ms }] : []]);
    }
    if (round > 0) {
      onRound();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ENCODINGS.map((encoding) => ({ name: encoding.name, ...sizesOf(encoding.encode(trips)), ...cpuMeasurement(times.get(encoding)) }));
}

/** Duration for which an action blocks the event loop, in milliseconds. */
export interface Blocking {
  readonly median: number;
  readonly p95: number;
}

/** Measures the encoding of a page, and the decompression of a batch for clients without gzip. */
export function blockingOf(trips: Trips): { readonly encodingPage: Blocking; readonly unpackingBatch: Blocking } {
  const pages: number[] = [];
  const batches = batchesOf(trips, (work) => void pages.push(elapsed(work)));
  const unpacked = batches.map(({ batch }) => elapsed(() => unpack(batch)));
  return { encodingPage: blocking(pages), unpackingBatch: blocking(unpacked) };
}

function blocking(times: readonly number[]): Blocking {
  return { median: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

function elapsed(action: () => unknown): number {
  const startedAt = performance.now();
  action();
  return performance.now() - startedAt;
}

/** Returns the size and the billed units of messages. */
export function sizesOf(messages: readonly string[]): Pick<Measurement, 'bytes' | 'messages' | 'units' | 'fill'> {
  const sizes = messages.map((message) => Buffer.byteLength(message));
  const full = sizes.length > 1 ? sizes.slice(0, -1) : sizes;
  return {
    bytes: sum(sizes),
    messages: sizes.length,
    units: sum(sizes.map(unitsOf)),
    fill: sum(full) / (sum(full.map(unitsOf)) * MAX_MESSAGE_BYTES),
  };
}

function unitsOf(bytes: number): number {
  return Math.ceil(bytes / MAX_MESSAGE_BYTES);
}

function cpuMeasurement(times: readonly { ratio: number; ms: number }[] | undefined): Pick<Measurement, 'cpu'> {
  if (times === undefined) {
    return {};
  }
  const ratios = times.map(({ ratio }) => ratio);
  const medianMs = percentile(times.map(({ ms }) => ms), 0.5);
  return { cpu: { median: percentile(ratios, 0.5), min: Math.min(...ratios), max: Math.max(...ratios), medianMs } };
}

/** Returns the CPU time in milliseconds. */
export function cpuOf(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
