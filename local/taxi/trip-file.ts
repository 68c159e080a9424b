import * as crypto from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import * as readline from 'readline';
import { TRIP_COLUMNS, TripColumnType, TripProgress, TripSource } from './trip-columns';

const PROGRESS_ROWS = 10000;

/** Checks a file of pipe-delimited trips. Throws at the first malformed line. */
export async function openTripFile(file: string, onProgress: (progress: TripProgress) => void = () => undefined): Promise<TripSource> {
  const hash = crypto.createHash('sha256');
  let rows = 0;
  for await (const line of checkedLines(file)) {
    hash.update(line).update('\n');
    rows += 1;
    if (rows % PROGRESS_ROWS === 0) onProgress({ step: 'check', done: rows });
  }
  if (rows === 0) throw new Error(`the file ${file} is empty: write one line for each trip, with ${TRIP_COLUMNS.length} fields separated by |`);
  onProgress({ step: 'check', done: rows, total: rows });
  return {
    description: `${rows.toLocaleString('en-US')} trips from ${path.basename(file)}`,
    isGenerated: false,
    rows,
    key: hash.digest('hex'),
    lines: () => checkedLines(file),
  };
}

async function* checkedLines(file: string): AsyncGenerator<string> {
  // In Latin-1, each character is one byte, so errors can name the byte that isn't UTF-8.
  const input = fs.createReadStream(file, { encoding: 'latin1' });
  try {
    let number = 0;
    for await (const bytes of readline.createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
      const line = number === 1 ? decoded.replace(/^\ufeff/, '') : decoded;
      const reason = encodingProblem(bytes, decoded) ?? lineProblem(line);
      if (reason !== undefined) throw new Error(`line ${number} of ${file}: ${reason}`);
      // COPY reads a backslash as the start of an escape sequence.
      yield line.replaceAll('\\', '\\\\');
    }
  } catch (error) {
    throw readError(file, error);
  } finally {
    input.destroy();
  }
}

/** Names the first byte that is not UTF-8. */
function encodingProblem(bytes: string, decoded: string): string | undefined {
  const encoded = Buffer.from(decoded).toString('latin1');
  if (encoded === bytes) return undefined;
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes)) return 'the encoding is UTF-16: save the file as UTF-8';
  let place = [...encoded].findIndex((byte, index) => byte !== bytes[index]);
  // The first bytes of U+FFFD, which replaces an invalid sequence, can be the same.
  while (/[\x80-\xbf]/.test(encoded[place])) place -= 1;
  return `byte ${place + 1} (0x${bytes.charCodeAt(place).toString(16).toUpperCase()}) isn't valid UTF-8: save the file as UTF-8`;
}

function readError(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new Error(`the file ${file} doesn't exist: check --data`);
  if (code === 'EISDIR') return new Error(`${file} is a directory: name a file of pipe-delimited trips`);
  if (code === 'EACCES') return new Error(`the file ${file} isn't readable: change its permissions`);
  return error;
}

/** The problem of a malformed line. */
export function lineProblem(line: string): string | undefined {
  if (line.includes('\0')) return 'the line contains a NUL character: remove it';
  const fields = line.split('|');
  if (fields.length !== TRIP_COLUMNS.length) return `the line has ${fields.length} fields, but must have ${TRIP_COLUMNS.length}`;
  const wrong = TRIP_COLUMNS.findIndex(({ type }, index) => fields[index] !== '' && !CHECKS[type].accepts(fields[index]));
  if (wrong < 0) return undefined;
  const { name, type } = TRIP_COLUMNS[wrong];
  return `${name} is ${JSON.stringify(shortened(fields[wrong]))}, but must be ${CHECKS[type].expected}`;
}

const CHECKS: Record<TripColumnType, { readonly expected: string; accepts(value: string): boolean }> = {
  'date': { accepts: isDate, expected: 'a date such as 2015-01-31' },
  'timestamp': { accepts: isTimestamp, expected: 'a timestamp such as 2015-01-31 23:59:59' },
  'smallint': { accepts: isSmallint, expected: 'an integer from -32768 to 32767' },
  'real': { accepts: isReal, expected: 'a number in the range of REAL' },
  'varchar(20)': { accepts: (value) => Buffer.byteLength(value) <= 20, expected: 'a string of at most 20 bytes' },
};

function isDate(value: string): boolean {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? []).map(Number);
  if (!year || !month || !day || month > 12) return false;
  // Day 0 of the next month is the last day of this one.
  return day <= new Date(Date.UTC(2000 + year % 400, month, 0)).getUTCDate();
}

function isTimestamp(value: string): boolean {
  const [, date, hour, minute, second] = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,6})?$/.exec(value) ?? [];
  return date !== undefined && isDate(date) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

function isSmallint(value: string): boolean {
  return /^[+-]?\d+$/.test(value) && Number(value) >= -32768 && Number(value) <= 32767;
}

function isReal(value: string): boolean {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)) return false;
  const single = Math.fround(Number(value));
  const isUnderflow = single === 0 && /[1-9]/.test(value.split(/[eE]/)[0]);
  return Number.isFinite(single) && !isUnderflow;
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
