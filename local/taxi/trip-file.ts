import * as crypto from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import * as readline from 'readline';
import { TRIP_COLUMNS, TripColumnType, TripProgress, TripSource } from './trip-columns';

const PROGRESS_ROWS = 10000;

/** Checks a whole file of pipe-delimited trips before anything is loaded; refuses it at its first malformed line. */
export async function openTripFile(file: string, onProgress: (progress: TripProgress) => void = () => undefined): Promise<TripSource> {
  const hash = crypto.createHash('sha256');
  let rows = 0;
  for await (const line of checkedLines(file)) {
    hash.update(line).update('\n');
    rows += 1;
    if (rows % PROGRESS_ROWS === 0) onProgress({ step: 'check', done: rows });
  }
  if (rows === 0) throw new Error(`the file ${file} is empty; it needs a line for each trip, with ${TRIP_COLUMNS.length} fields between pipes`);
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
  // Each character of Latin-1 is a byte, so that an error can name the byte that is not UTF-8.
  const input = fs.createReadStream(file, { encoding: 'latin1' });
  try {
    let number = 0;
    for await (const bytes of readline.createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
      const line = number === 1 ? decoded.replace(/^\ufeff/, '') : decoded;
      const reason = encodingFault(bytes, decoded) ?? malformation(line);
      if (reason !== undefined) throw new Error(`line ${number} of ${file}: ${reason}`);
      // COPY takes a backslash for the beginning of an escape.
      yield line.replaceAll('\\', '\\\\');
    }
  } catch (error) {
    throw readError(file, error);
  } finally {
    input.destroy();
  }
}

/** Names the first byte that is not UTF-8. */
function encodingFault(bytes: string, decoded: string): string | undefined {
  const encoded = Buffer.from(decoded).toString('latin1');
  if (encoded === bytes) return undefined;
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes)) return 'the text is encoded as UTF-16; save it as UTF-8';
  let place = [...encoded].findIndex((byte, index) => byte !== bytes[index]);
  // The decoder has put U+FFFD there, whose first bytes may be equal by chance.
  while (/[\x80-\xbf]/.test(encoded[place])) place -= 1;
  return `the text is not UTF-8, as byte ${place + 1} of the line (0x${bytes.charCodeAt(place).toString(16).toUpperCase()}) shows; save it as UTF-8`;
}

function readError(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new Error(`the file ${file} does not exist`);
  if (code === 'EISDIR') return new Error(`${file} is a folder; name a file of pipe-delimited trips`);
  if (code === 'EACCES') return new Error(`the file ${file} may not be read by this user`);
  return error;
}

/** Why the table would not take a line; undefined when it would. */
export function malformation(line: string): string | undefined {
  if (line.includes('\0')) return 'the text holds a zero byte';
  const fields = line.split('|');
  if (fields.length !== TRIP_COLUMNS.length) return `${fields.length} fields instead of ${TRIP_COLUMNS.length}`;
  const wrong = TRIP_COLUMNS.findIndex(({ type }, index) => fields[index] !== '' && !CHECKS[type].accepts(fields[index]));
  if (wrong < 0) return undefined;
  const { name, type } = TRIP_COLUMNS[wrong];
  return `${name} is ${JSON.stringify(shortened(fields[wrong]))}, which is not ${CHECKS[type].expected}`;
}

const CHECKS: Record<TripColumnType, { readonly expected: string; accepts(text: string): boolean }> = {
  'date': { accepts: isDate, expected: 'a date such as 2015-01-31' },
  'timestamp': { accepts: isTimestamp, expected: 'a timestamp such as 2015-01-31 23:59:59' },
  'smallint': { accepts: isSmallint, expected: 'a whole number from -32768 to 32767' },
  'real': { accepts: isReal, expected: 'a number that a REAL can hold' },
  'varchar(20)': { accepts: (text) => Buffer.byteLength(text) <= 20, expected: 'a text of at most 20 bytes' },
};

function isDate(text: string): boolean {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number);
  if (!year || !month || !day || month > 12) return false;
  // Day 0 of the next month is the last day of this one.
  return day <= new Date(Date.UTC(2000 + year % 400, month, 0)).getUTCDate();
}

function isTimestamp(text: string): boolean {
  const [, date, hour, minute, second] = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,6})?$/.exec(text) ?? [];
  return date !== undefined && isDate(date) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
}

function isSmallint(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && Number(text) >= -32768 && Number(text) <= 32767;
}

function isReal(text: string): boolean {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return false;
  const single = Math.fround(Number(text));
  const isUnderflow = single === 0 && /[1-9]/.test(text.split(/[eE]/)[0]);
  return Number.isFinite(single) && !isUnderflow;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
