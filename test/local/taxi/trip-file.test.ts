import { TRIPS, writeTrips } from './trip-lines';
import { openTripFile } from '../../../local/taxi/trip-file';

async function open(content: string | Buffer) {
  const { file, remove } = writeTrips(content);
  try {
    const source = await openTripFile(file);
    const lines: string[] = [];
    for await (const line of source.lines()) lines.push(line);
    return { source, lines };
  } finally {
    remove();
  }
}

/** The first trip with one field replaced. */
function withField(column: number, value: string): string {
  return TRIPS[0].split('|').map((field, index) => (index === column ? value : field)).join('|');
}

describe('openTripFile', () => {
  it('counts the trips of a file and reads it again from the start', async () => {
    const { source, lines } = await open(`${TRIPS.join('\n')}\n`);
    expect(source).toMatchObject({ rows: 6, description: '6 trips from trips.psv', isGenerated: false });
    expect(lines).toEqual(TRIPS.map((line) => line.replace('\\', '\\\\')));
  });

  it('reads the same trips when lines end with CRLF or the last line ending is missing', async () => {
    const unix = await open(`${TRIPS.join('\n')}\n`);
    const windows = await open(TRIPS.join('\r\n'));
    expect(windows.lines).toEqual(unix.lines);
    expect(windows.source.key).toBe(unix.source.key);
  });

  it('returns another key when a trip differs', async () => {
    const one = await open(`${TRIPS[0]}\n`);
    const other = await open(`${withField(7, '35.6')}\n`);
    expect(other.source.key).not.toBe(one.source.key);
  });

  it.each([
    ['has too few fields', '2015-01-01|2015-01-01 00:00:00', 'the line has 2 fields, but must have 10'],
    ['has too many fields', `${TRIPS[0]}|`, 'the line has 11 fields, but must have 10'],
    ['is empty', '', 'the line has 1 fields, but must have 10'],
    ['has a day that doesn\'t exist', withField(0, '2015-02-29'), 'pickup_date is "2015-02-29", but must be a date such as 2015-01-31'],
    ['has a date in another format', withField(0, '01/31/2015'), 'pickup_date is "01/31/2015"'],
    ['has an hour that doesn\'t exist', withField(1, '2015-01-01 24:00:00'), 'pickup_datetime is "2015-01-01 24:00:00", but must be a timestamp'],
    ['has a timestamp without a time', withField(2, '2015-01-01'), 'dropoff_datetime is "2015-01-01"'],
    ['has a SMALLINT out of range', withField(3, '32768'), 'ratecode is "32768", but must be an integer from -32768 to 32767'],
    ['has a fraction for a SMALLINT', withField(4, '1.5'), 'passenger_count is "1.5"'],
    ['has a word for a REAL', withField(5, 'far'), 'trip_distance is "far", but must be a number in the range of REAL'],
    ['has a REAL that overflows', withField(6, '1e39'), 'fare_amount is "1e39"'],
    ['has a REAL that underflows', withField(6, '1e-60'), 'fare_amount is "1e-60"'],
    ['has NaN for a REAL', withField(7, 'NaN'), 'total_amount is "NaN"'],
    ['has a word for a SMALLINT', withField(8, 'card'), 'payment_type is "card"'],
    ['has a string that is too long', withField(9, 'éééééééééé1'), 'vendorid is "éééééééééé1", but must be a string of at most 20 bytes'],
    ['has a NUL character', withField(9, 'a\0'), 'the line contains a NUL character: remove it'],
  ])('throws an error with the line number when a line %s', async (_what, line, reason) => {
    await expect(open(`${TRIPS[1]}\n${TRIPS[2]}\n${line}\n${TRIPS[3]}\n`)).rejects.toThrow(`trips.psv: ${reason}`);
    await expect(open(`${TRIPS[1]}\n${TRIPS[2]}\n${line}\n${TRIPS[3]}\n`)).rejects.toThrow('line 3 of ');
  });

  describe('encoding', () => {
    const first = Buffer.from(`${TRIPS[0]}\n`);
    const start = Buffer.from(withField(9, ''));

    it('ignores a byte order mark', async () => {
      const usual = await open(first);
      const marked = await open(Buffer.concat([Buffer.from('\ufeff'), first]));
      expect(marked.lines).toEqual(usual.lines);
      expect(marked.source.key).toBe(usual.source.key);
    });

    it.each([
      ['Latin-1', [0xe9], 1, '0xE9'], ['a character that is cut off', [0x61, 0xc3], 2, '0xC3'], ['the beginning of U+FFFD', [0xef, 0xbf, 0x61], 1, '0xEF'],
      ['half of a surrogate pair', [0xed, 0xa0, 0x80], 1, '0xED'],
    ])('throws an error with line and byte when the file has %s', async (_, vendor, place, byte) => {
      await expect(open(Buffer.concat([first, start, Buffer.from(vendor), Buffer.from('\n')])))
        .rejects.toThrow(new RegExp(`^line 2 of .*: byte ${start.length + place} \\(${byte}\\) isn't valid UTF-8: save the file as UTF-8$`));
    });

    it.each([['little', (bytes: Buffer) => bytes], ['big', (bytes: Buffer) => bytes.swap16()]])('throws when the encoding is UTF-16, %s-endian', async (_, order) => {
      await expect(open(order(Buffer.from(`\ufeff${TRIPS[0]}\n`, 'utf16le')))).rejects.toThrow('line 1 of ');
      await expect(open(order(Buffer.from(`\ufeff${TRIPS[0]}\n`, 'utf16le')))).rejects.toThrow('the encoding is UTF-16: save the file as UTF-8');
    });

    it('accepts U+FFFD and a line separator in a string', async () => {
      expect((await open(withField(9, 'a\ufffdb\u2028'))).lines).toEqual([withField(9, 'a\ufffdb\u2028')]);
    });
  });

  it('throws when the path is an empty file, a missing file or a directory', async () => {
    await expect(open('')).rejects.toThrow('is empty');
    await expect(openTripFile('no/such/file')).rejects.toThrow('the file no/such/file doesn\'t exist: check --data');
    await expect(openTripFile(__dirname)).rejects.toThrow('is a directory');
  });

  it.each([
    ['has a leap day', withField(0, '2000-02-29')], ['has the minimum SMALLINT', withField(3, '-32768')], ['has an exponent', withField(5, '-1.5e+3')],
    ['has a string of 20 bytes', withField(9, 'éééééééééé')], ['has only empty fields', '|||||||||'], ['has microseconds', withField(1, '2015-01-01T23:59:59.123456')],
  ])('accepts a line that %s', async (_what, line) => {
    expect((await open(line)).source.rows).toBe(1);
  });
});
