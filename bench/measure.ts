import { ENCODINGS, batchesOf, stringify } from './encodings';
import type { Encoding } from './encodings';
import type { Trips } from './trips';
import { MAX_MESSAGE_BYTES } from '../src/protocol/messages';
import { unpack } from '../src/runtime/results/message-batch';

export interface Measurement {
  readonly name: string;
  readonly bytes: number;
  readonly messages: number;
  /** What API Gateway bills: each message has a unit for each 32 KB that it begins. */
  readonly units: number;
  /** How full the messages but the last are, on average: 1 is a whole unit. */
  readonly fill: number;
  /** CPU time of the encoding, in times that of JSON.stringify in the same round: the median of all rounds, the least, and the greatest. */
  readonly cpu?: { readonly median: number; readonly least: number; readonly greatest: number; readonly medianMs: number };
}

/** Encodes the trips in each form, in so many rounds; in each round the yardstick comes just before what it is compared to. */
export async function measure(trips: Trips, rounds: number, onRound: (round: number) => void): Promise<Measurement[]> {
  const times = new Map<Encoding, { ratio: number; ms: number }[]>();
  // The first round is not counted: it compiles.
  for (let round = 0; round <= rounds; round += 1) {
    onRound(round);
    for (const encoding of ENCODINGS.filter(({ isMeasured }) => isMeasured)) {
      const yardstick = cpuOf(() => stringify(trips));
      const ms = cpuOf(() => encoding.encode(trips));
      times.set(encoding, [...times.get(encoding) ?? [], ...round > 0 ? [{ ratio: ms / yardstick, ms }] : []]);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ENCODINGS.map((encoding) => ({ name: encoding.name, ...sizesOf(encoding.encode(trips)), ...cpuMeasurement(times.get(encoding)) }));
}

/** How long one thing holds up everything else in a function, in milliseconds. */
export interface Blocking {
  readonly median: number;
  /** What all but one in twenty take at most. */
  readonly usual: number;
}

/** How long it takes to encode a page, and to unpack a pack for those who take no gzip. */
export function blockingOf(trips: Trips): { readonly encodingPage: Blocking; readonly unpackingPack: Blocking } {
  const pages: number[] = [];
  const packs = batchesOf(trips, (work) => void pages.push(elapsed(work)));
  const unpacked = packs.map(({ pack }) => elapsed(() => unpack(pack)));
  return { encodingPage: blocking(pages), unpackingPack: blocking(unpacked) };
}

function blocking(times: readonly number[]): Blocking {
  return { median: quantile(times, 0.5), usual: quantile(times, 0.95) };
}

function elapsed(action: () => unknown): number {
  const startedAt = performance.now();
  action();
  return performance.now() - startedAt;
}

/** What some messages cost. */
export function sizesOf(texts: readonly string[]): Pick<Measurement, 'bytes' | 'messages' | 'units' | 'fill'> {
  const sizes = texts.map((text) => Buffer.byteLength(text));
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
  const medianMs = quantile(times.map(({ ms }) => ms), 0.5);
  return { cpu: { median: quantile(ratios, 0.5), least: Math.min(...ratios), greatest: Math.max(...ratios), medianMs } };
}

/** In milliseconds. */
function cpuOf(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * share)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
