import { TRIPS, writeTrips } from './trip-lines';
import { openTripFile } from '../../../local/taxi/trip-file';

async function open(text: string | Buffer) {
  const { file, remove } = writeTrips(text);
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

test('a file is counted, described and read again from the beginning', async () => {
  const { source, lines } = await open(`${TRIPS.join('\n')}\n`);
  expect(source).toMatchObject({ rows: 6, description: '6 trips from trips.psv', isGenerated: false });
  expect(lines).toEqual(TRIPS.map((line) => line.replace('\\', '\\\\')));
});

test('line ends of Windows and a missing last line end make no difference', async () => {
  const usual = await open(`${TRIPS.join('\n')}\n`);
  const windows = await open(TRIPS.join('\r\n'));
  expect(windows.lines).toEqual(usual.lines);
  expect(windows.source.key).toBe(usual.source.key);
});

test('another trip makes another key', async () => {
  const one = await open(`${TRIPS[0]}\n`);
  const other = await open(`${withField(7, '35.6')}\n`);
  expect(other.source.key).not.toBe(one.source.key);
});

test.each([
  ['too few fields', '2015-01-01|2015-01-01 00:00:00', '2 fields instead of 10'],
  ['too many fields', `${TRIPS[0]}|`, '11 fields instead of 10'],
  ['an empty line', '', '1 fields instead of 10'],
  ['a day that is not', withField(0, '2015-02-29'), 'pickup_date is "2015-02-29", which is not a date such as 2015-01-31'],
  ['a date in another order', withField(0, '01/31/2015'), 'pickup_date is "01/31/2015"'],
  ['an hour that is not', withField(1, '2015-01-01 24:00:00'), 'pickup_datetime is "2015-01-01 24:00:00", which is not a timestamp'],
  ['a timestamp without a time', withField(2, '2015-01-01'), 'dropoff_datetime is "2015-01-01"'],
  ['too large a small number', withField(3, '32768'), 'ratecode is "32768", which is not a whole number from -32768 to 32767'],
  ['a broken passenger', withField(4, '1.5'), 'passenger_count is "1.5"'],
  ['a word for a number', withField(5, 'far'), 'trip_distance is "far", which is not a number that a REAL can hold'],
  ['too large a number', withField(6, '1e39'), 'fare_amount is "1e39"'],
  ['too small a number', withField(6, '1e-60'), 'fare_amount is "1e-60"'],
  ['no number', withField(7, 'NaN'), 'total_amount is "NaN"'],
  ['a card for a number', withField(8, 'card'), 'payment_type is "card"'],
  ['too long a vendor', withField(9, 'éééééééééé1'), 'vendorid is "éééééééééé1", which is not a text of at most 20 bytes'],
  ['a zero byte', withField(9, 'a\0'), 'the text holds a zero byte'],
])('%s is refused with its line and the reason', async (_what, line, reason) => {
  await expect(open(`${TRIPS[1]}\n${TRIPS[2]}\n${line}\n${TRIPS[3]}\n`)).rejects.toThrow(`trips.psv: ${reason}`);
  await expect(open(`${TRIPS[1]}\n${TRIPS[2]}\n${line}\n${TRIPS[3]}\n`)).rejects.toThrow('line 3 of ');
});

describe('the encoding of a file', () => {
  const first = Buffer.from(`${TRIPS[0]}\n`);
  const start = Buffer.from(withField(9, ''));

  it('makes no difference when it has a byte order mark', async () => {
    const usual = await open(first);
    const marked = await open(Buffer.concat([Buffer.from('\ufeff'), first]));
    expect(marked.lines).toEqual(usual.lines);
    expect(marked.source.key).toBe(usual.source.key);
  });

  it.each([
    ['Latin-1', [0xe9], 1, '0xE9'], ['a character that is cut off', [0x61, 0xc3], 2, '0xC3'], ['the beginning of U+FFFD', [0xef, 0xbf, 0x61], 1, '0xEF'],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80], 1, '0xED'],
  ])('is rejected, by the line and byte, when it is %s', async (_, vendor, place, byte) => {
    await expect(open(Buffer.concat([first, start, Buffer.from(vendor), Buffer.from('\n')])))
      .rejects.toThrow(new RegExp(`^line 2 of .*: the text is not UTF-8, as byte ${start.length + place} of the line \\(${byte}\\) shows; save it as UTF-8$`));
  });

  it.each([['little', (bytes: Buffer) => bytes], ['big', (bytes: Buffer) => bytes.swap16()]])('is rejected when it is UTF-16, %s-endian', async (_, order) => {
    await expect(open(order(Buffer.from(`\ufeff${TRIPS[0]}\n`, 'utf16le')))).rejects.toThrow('line 1 of ');
    await expect(open(order(Buffer.from(`\ufeff${TRIPS[0]}\n`, 'utf16le')))).rejects.toThrow('the text is encoded as UTF-16; save it as UTF-8');
  });

  it('is accepted when a string has U+FFFD and a line separator', async () => {
    expect((await open(withField(9, 'a\ufffdb\u2028'))).lines).toEqual([withField(9, 'a\ufffdb\u2028')]);
  });
});

test('an empty file, a missing file and a folder are refused', async () => {
  await expect(open('')).rejects.toThrow('is empty');
  await expect(openTripFile('no/such/file')).rejects.toThrow('the file no/such/file does not exist');
  await expect(openTripFile(__dirname)).rejects.toThrow('is a folder');
});

test.each([
  ['a leap day', withField(0, '2000-02-29')], ['the largest small number', withField(3, '-32768')], ['an exponent', withField(5, '-1.5e+3')],
  ['20 bytes', withField(9, 'éééééééééé')], ['nothing at all', '|||||||||'], ['microseconds', withField(1, '2015-01-01T23:59:59.123456')],
])('%s is taken', async (_what, line) => {
  expect((await open(line)).source.rows).toBe(1);
});
