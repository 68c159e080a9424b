import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Usage } from '../../usage';

export const COUNTS_FILE = path.join(__dirname, '..', '..', 'pipeline-counts.json');

/** What one query of the pipeline uses. */
export interface Counts {
  readonly sqlMilliseconds: number;
  readonly viewers: number;
  readonly rows: number;
  /** Number of calls, by service and operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** The durations of the functions are those of the machine that counted. */
  readonly usage: Usage;
}

export interface CountsFile {
  /** The command that writes the file. */
  readonly command: string;
  readonly counts: readonly Counts[];
}

export function readCounts(): CountsFile {
  return JSON.parse(fs.readFileSync(COUNTS_FILE, 'utf8')) as CountsFile;
}
