import type { LevelMeasurement } from './levels';
import type { Blocking, blockingOf, Measurement } from './measure';
import { formatTable } from '../report/markdown-table';

export function formatTableOf(measurements: readonly Measurement[]): string {
  return formatTable(['Format', 'Bytes', 'Messages', 'Billed units', 'Fill', 'CPU, × JSON.stringify', 'Range', 'CPU'],
    measurements.map(({ name, bytes, messages, units, fill, cpu }) => [
      name,
      bytes.toLocaleString('en-US'),
      String(messages),
      String(units),
      `${(100 * fill).toFixed(1)} %`,
      ...cpu === undefined ? ['', '', ''] : [cpu.median.toFixed(1), `${cpu.min.toFixed(1)} to ${cpu.max.toFixed(1)}`, `${cpu.medianMs.toFixed(0)} ms`],
    ]));
}

/** `used` is the level of the functions. */
export function levelTableOf(measurements: readonly LevelMeasurement[], used: number): string {
  const reference = measurements.find(({ level }) => level === used)!;
  return formatTable(['Level of gzip', 'CPU of gzip alone, × JSON.stringify', 'Compressed bytes', `× level ${used}`],
    measurements.map(({ level, cpu, compressedBytes }) =>
      [String(level), cpu.toFixed(1), compressedBytes.toLocaleString('en-US'), (compressedBytes / reference.compressedBytes).toFixed(3)]));
}

export function blockingSentence({ encodingPage, unpackingBatch }: ReturnType<typeof blockingOf>, rowsOfPage: number): string {
  const times = ({ median, p95 }: Blocking) => `${median.toFixed(1)} ms (p95 ${p95.toFixed(1)} ms)`;
  return `A page of ${rowsOfPage} rows is encoded in ${times(encodingPage)}, and a batch is decompressed in ${times(unpackingBatch)}.`;
}
