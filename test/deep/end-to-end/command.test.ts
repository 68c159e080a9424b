import * as fs from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { Command, freePort, runCommand } from '../../support/local/command';

const LINES = [
  '2019-03-05|2019-03-05 10:00:00|2019-03-05 10:30:00|1|2|3.5|12.5|15.3|1|',
  '2019-03-05|2019-03-05 23:50:00|2019-03-06 00:20:00|1||1.25|7.0|8.8|2|1',
  '2019-03-07|2019-03-07 08:00:00|2019-03-07 08:06:00|1|1|0.8|5.0|5.8|1|2',
];

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'trips-'));

function tripFile(name: string, ...lines: string[]): string {
  const file = path.join(directory, name);
  fs.writeFileSync(file, lines.join('\n'));
  return file;
}

const TRIPS = tripFile('trips.psv', ...LINES);

afterAll(() => fs.rmSync(directory, { recursive: true }));

test('--help says what the options are, and does nothing else', async () => {
  const { code, stdout, stderr } = await runCommand('--help');
  expect(code).toBe(0);
  for (const option of ['--port', '--month', '--day', '--json', '--data', '--postgres', '--verbose']) {
    expect(stdout).toContain(option);
  }
  expect(stderr).toBe('');
});

test('--month --json prints one JSON document and nothing else', async () => {
  const { code, stdout, stderr } = await runCommand('--data', TRIPS, '--month', '2019-03', '--json');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { columns, rows, timing } = JSON.parse(stdout);
  expect(columns).toEqual([
    { name: 'pickup_date', type: 'date' },
    { name: 'trips', type: 'int8' },
    { name: 'hours_driven', type: 'numeric' },
    { name: 'distance_miles', type: 'numeric' },
    { name: 'fare_amount', type: 'numeric' },
    { name: 'total_amount', type: 'numeric' },
  ]);
  expect(rows).toEqual([
    ['2019-03-05', 2, '1.00', '4.75', '19.50', '24.10'],
    ['2019-03-07', 1, '0.10', '0.80', '5.00', '5.80'],
  ]);
  expect(Object.keys(timing).sort()).toEqual(['eventMs', 'fetchingMs', 'pushingMs', 'runningMs', 'waitingMs']);
  expect(stderr).toContain('3 trips from trips.psv');
});

test('--month prints a table whose columns are aligned', async () => {
  const { code, stdout } = await runCommand('--data', TRIPS, '--month', '2019-03');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'pickup_date  trips  hours_driven  distance_miles  fare_amount  total_amount',
    '2019-03-05       2          1.00            4.75        19.50         24.10',
    '2019-03-07       1          0.10            0.80         5.00          5.80',
    '',
  ]);
});

test('--day --json prints one JSON document, with a row for each hour in which trips began', async () => {
  const { code, stdout } = await runCommand('--data', TRIPS, '--day', '2019-03-05', '--json');
  expect(code).toBe(0);
  const { columns, rows, timing, ...rest } = JSON.parse(stdout);
  expect(columns.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
    ['hour_of_day', 'int2'], ['trips', 'int8'], ['hours_driven', 'numeric'], ['distance_miles', 'numeric'], ['fare_amount', 'numeric'], ['total_amount', 'numeric'],
  ]);
  expect(rows).toEqual([[10, 1, '0.50', '3.50', '12.50', '15.30'], [23, 1, '0.50', '1.25', '7.00', '8.80']]);
  expect(Object.keys(timing)).toContain('runningMs');
  expect(rest).toEqual({});
});

test('--day prints a table whose columns are aligned', async () => {
  const { code, stdout } = await runCommand('--data', TRIPS, '--day', '2019-03-05');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'hour_of_day  trips  hours_driven  distance_miles  fare_amount  total_amount',
    '         10      1          0.50            3.50        12.50         15.30',
    '         23      1          0.50            1.25         7.00          8.80',
    '',
  ]);
});

test('a day that is none ends with 1, the reason on standard error, and nothing on standard output', async () => {
  const { code, stdout, stderr } = await runCommand('--data', TRIPS, '--day', '2019-02-30', '--json');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('The parameter "day"');
});

test('a month that the template refuses ends with 1, the reason on standard error, and nothing on standard output', async () => {
  const { code, stdout, stderr } = await runCommand('--data', TRIPS, '--month', '2019-13', '--json');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('The parameter "trip_month" must match the pattern');
});

test.each([
  ['an unknown option', ['--months', '2019-03'], "Unknown option '--months'"],
  ['a port that is none', ['--port', '99999'], "--port '99999' is not a port"],
  ['--json without a question', ['--json'], 'add --month'],
  ['a month and a day', ['--month', '2019-03', '--day', '2019-03-05'], '--month 2019-03 and --day 2019-03-05 are two questions: give one of them'],
  ['a server address that is none', ['--postgres', 'localhost'], '--postgres takes the URL of a server'],
  ['a server that does not answer', ['--postgres', 'postgres://user:hidden@localhost:1/x'], /cannot be used: .*ECONNREFUSED/],
  ['a file that does not exist', ['--data', 'no-such.psv'], 'no-such.psv'],
  ['a malformed line', ['--data', tripFile('bad.psv', LINES[0], '2019-03-05|oops')], /line 2\b/],
])('%s is refused in words', async (_, words, reason) => {
  const { code, stdout, stderr } = await runCommand(...words);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(/^\s+at |hidden/m);
});

test('a port that is taken is refused in words, before any work', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await runCommand('--port', String(port));
  server.close();
  expect(code).toBe(1);
  expect(stderr.trim()).toBe(`port ${port} is taken by another program: end it, or choose another port with --port, such as npm start -- --port ${port + 1}`);
});

test('Ctrl-C ends it cleanly', async () => {
  const port = await freePort();
  const command = new Command('--data', TRIPS, '--port', String(port));
  try {
    await command.says(`http://127.0.0.1:${port}`);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    command.interrupt();
    expect(await command.end()).toMatchObject({ code: 0, stdout: '' });
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  } finally {
    await command.stop();
  }
});
