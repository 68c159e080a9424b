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

describe('npm start', () => {
  it('prints the options when run with --help', async () => {
    const { code, stdout, stderr } = await runCommand('--help');
    expect(code).toBe(0);
    for (const option of ['--port', '--month', '--day', '--json', '--data', '--postgres', '--verbose']) {
      expect(stdout).toContain(option);
    }
    expect(stderr).toBe('');
  });

  it('prints one JSON document when run with --month and --json', async () => {
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

  it('prints an aligned table when run with --month', async () => {
    const { code, stdout } = await runCommand('--data', TRIPS, '--month', '2019-03');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'pickup_date  trips  hours_driven  distance_miles  fare_amount  total_amount',
      '2019-03-05       2          1.00            4.75        19.50         24.10',
      '2019-03-07       1          0.10            0.80         5.00          5.80',
      '',
    ]);
  });

  it('prints one JSON document with a row for each hour that has trips when run with --day and --json', async () => {
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

  it('prints an aligned table when run with --day', async () => {
    const { code, stdout } = await runCommand('--data', TRIPS, '--day', '2019-03-05');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'hour_of_day  trips  hours_driven  distance_miles  fare_amount  total_amount',
      '         10      1          0.50            3.50        12.50         15.30',
      '         23      1          0.50            1.25         7.00          8.80',
      '',
    ]);
  });

  it('exits with code 1 and prints only an error when the day is invalid', async () => {
    const { code, stdout, stderr } = await runCommand('--data', TRIPS, '--day', '2019-02-30', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The parameter "day"');
  });

  it('exits with code 1 and prints only an error when the month is invalid', async () => {
    const { code, stdout, stderr } = await runCommand('--data', TRIPS, '--month', '2019-13', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('The parameter "trip_month" must match the pattern');
  });

  it.each([
    ['an option is unknown', ['--months', '2019-03'], /^Error: Unknown option '--months'.*: to list the options, run npm start -- --help$/m],
    ['the port is invalid', ['--port', '99999'], '--port is invalid: "99999": use a number from 1 to 65535'],
    ['--json has no query', ['--json'], '--json requires a query: add --month'],
    ['--month and --day are combined', ['--month', '2019-03', '--day', '2019-03-05'], '--month 2019-03 and --day 2019-03-05 can\'t be combined: use one of them'],
    ['the URL of the server is invalid', ['--postgres', 'localhost'], '--postgres must be the URL of a PostgreSQL server'],
    ['the server is unreachable', ['--postgres', 'postgres://user:hidden@localhost:1/x'], /can't be used: .*ECONNREFUSED/],
    ['the file does not exist', ['--data', 'no-such.psv'], 'no-such.psv'],
    ['a line is malformed', ['--data', tripFile('bad.psv', LINES[0], '2019-03-05|oops')], /line 2\b/],
  ])('exits with code 1 and prints only an error when %s', async (_, words, reason) => {
    const { code, stdout, stderr } = await runCommand(...words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/^\s+at |hidden/m);
  });

  it('exits with code 1 before it builds anything when the port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runCommand('--port', String(port));
    server.close();
    expect(code).toBe(1);
    expect(stderr.trim()).toBe(`Error: port ${port} is in use by another program: stop it, or choose another port, such as npm start -- --port ${port + 1}`);
  });

  it('exits with code 0 when interrupted', async () => {
    const port = await freePort();
    const command = new Command('--data', TRIPS, '--port', String(port));
    try {
      await command.untilPrinted(`http://127.0.0.1:${port}`);
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
      command.interrupt();
      expect(await command.end()).toMatchObject({ code: 0, stdout: '' });
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    } finally {
      await command.stop();
    }
  });
});
