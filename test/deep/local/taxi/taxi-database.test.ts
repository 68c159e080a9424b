import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { SqlEngine } from '../../../../local/redshift/engine/sql-engine';
import { createTableSql } from '../../../../local/taxi/load-trips';
import { openTaxiDatabase } from '../../../../local/taxi/taxi-database';
import { TRIP_COLUMNS, TripProgress } from '../../../../local/taxi/trip-columns';
import { monthlySums, TRIPS, writeTrips } from '../../../local/taxi/trip-lines';

const MONTHLY_SQL = fs.readFileSync(path.join(__dirname, '..', '..', '..', '..', 'examples', 'taxi-by-month', 'sql', 'trips-by-month.sql'), 'utf8');

let cacheDirectory: string;
describe('openTaxiDatabase', () => {
  beforeAll(() => {
    cacheDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'taxi-cache-'));
  });
  afterAll(() => fs.rmSync(cacheDirectory, { recursive: true }));

  async function monthOf(engine: SqlEngine, month: string) {
    return engine.run(MONTHLY_SQL, [{ name: 'trip_month', value: month }]);
  }

  it('creates the columns in the order of the fields', () => {
    const columns = [...createTableSql().matchAll(/^ {2}(\w+) ([\w()]+)/gm)].map(([, name, type]) => ({ name, type: type.toLowerCase().replace('float4', 'real') }));
    expect(columns).toEqual(TRIP_COLUMNS);
  });

  it('loads a file once and reuses the database when it is opened again', async () => {
    const { file, remove } = writeTrips(TRIPS.join('\n'));
    const progress: TripProgress[] = [];
    try {
      const first = await openTaxiDatabase({ data: file, cacheDirectory, onProgress: (step) => progress.push(step) });
      try {
        expect(first).toMatchObject({ description: '6 trips from trips.psv', generated: false, reused: false, rows: 6 });
        const { columns, rows } = await monthOf(first.engine, '2016-02');
        expect(columns!.map(({ name }) => name)).toEqual(['pickup_date', 'trips', 'hours_driven', 'distance_miles', 'fare_amount', 'total_amount']);
        expect(rows).toEqual(monthlySums(TRIPS, '2016-02'));
        expect(rows).toHaveLength(2);
        expect((await monthOf(first.engine, '2015-01')).rows).toEqual([]);
        expect((await first.engine.run('SELECT vendorid, passenger_count, payment_type FROM nyc_yellow_taxi ORDER BY pickup_datetime', [])).rows.slice(1, 4))
          .toEqual([[null, '2', '1'], ['é', '1', '2'], ['a\\b', null, null]]);
      } finally {
        await first.engine.close();
      }
      expect(progress.map(({ step, done }) => `${step} ${done}`)).toEqual(['check 6', 'load 0', 'load 6', 'snapshot 6']);
      const second = await openTaxiDatabase({ data: file, cacheDirectory });
      await second.engine.close();
      expect(second).toMatchObject({ reused: true, rows: 6 });
      expect(fs.readdirSync(cacheDirectory).filter((name) => name.endsWith('.partial'))).toEqual([]);
    } finally {
      remove();
    }
  });

  it('loads all trips when two processes start at the same time', async () => {
    const { file, remove } = writeTrips(`${TRIPS[1]}\n`);
    const databases = await Promise.all([1, 2].map(async () => openTaxiDatabase({ data: file, cacheDirectory })));
    const counts = await Promise.all(databases.map(({ engine }) => engine.run('SELECT count(*) FROM nyc_yellow_taxi', [])));
    await Promise.all(databases.map(({ engine }) => engine.close()));
    expect(counts.map(({ rows }) => rows)).toEqual([[['1']], [['1']]]);
    remove();
  });

  it('creates no files when a line is malformed', async () => {
    const { file, remove } = writeTrips(`${TRIPS[0]}\nnonsense\n`);
    const directory = path.join(cacheDirectory, 'malformed');
    await expect(openTaxiDatabase({ data: file, cacheDirectory: directory })).rejects.toThrow('line 2 of ');
    expect(fs.existsSync(directory)).toBe(false);
    remove();
  });
});
