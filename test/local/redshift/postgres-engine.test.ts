import * as fs from 'fs';
import * as path from 'path';
import { Client } from 'pg';
import { PostgresServer, postgresPrograms } from './postgres-server';
import { ENDLESS_SQL, rowsOf, valueOf } from './test-database';
import { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { openTaxiDatabase } from '../../../local/taxi/taxi-database';
import { monthlySums, TRIPS, writeTrips } from '../taxi/trip-lines';

const programs = postgresPrograms();
const describeWithServer = programs === undefined ? describe.skip : describe;
if (programs === undefined) console.warn('skipped: no PostgreSQL server is installed under /usr/lib/postgresql');
const MONTHLY_SQL = fs.readFileSync(path.join(__dirname, '..', '..', '..', 'examples', 'taxi-by-month', 'sql', 'trips-by-month.sql'), 'utf8');

describeWithServer('PostgresEngine', () => {
  let server: PostgresServer;
  let engine: SqlEngine;
  let data: ReturnType<typeof writeTrips>;
  const open = async () => openTaxiDatabase({ data: data.file, postgresUrl: server.url, cacheDirectory: 'unused' });

  beforeAll(async () => {
    data = writeTrips(TRIPS.join('\n'));
    server = await PostgresServer.start(programs!);
    const database = await open();
    expect(database).toMatchObject({ reused: false, rows: 6, generated: false });
    engine = database.engine;
  });
  afterAll(async () => {
    await engine?.close();
    await server?.stop();
    data.remove();
  });

  it('returns the sums of the trips', async () => {
    expect(await rowsOf(engine, MONTHLY_SQL, { trip_month: '2016-02' })).toEqual(monthlySums(TRIPS, '2016-02'));
  });

  it('reuses the trips at the next start', async () => {
    const again = await open();
    await again.engine.close();
    expect(again.reused).toBe(true);
  });

  it('returns exact strings and the declared columns', async () => {
    expect(await rowsOf(engine, "SELECT 9007199254740993::bigint, 1.10::decimal(38,10), 'NaN'::float8, timestamp '2015-01-31 23:59:59.123456', '', NULL, true"))
      .toEqual([['9007199254740993', '1.1000000000', 'NaN', '2015-01-31 23:59:59.123456', '', null, 't']]);
    const { columns } = await engine.run('SELECT fare_amount FROM nyc_yellow_taxi', []);
    expect(columns).toEqual([{ name: 'fare_amount', typeOid: 700, typeModifier: -1, schemaName: 'public', tableName: 'nyc_yellow_taxi', nullable: 1 }]);
  });

  it('supports Redshift functions', async () => {
    expect(await rowsOf(engine, "SELECT datediff(day, :a, '2015-02-01'), last_day('2015-02-03'), sum(1::float4), avg(3) FROM generate_series(1, 2)", { a: '2015-01-01' }))
      .toEqual([['31', '2015-02-28', '2', '3']]);
  });

  it('retains writes and resets settings after each statement', async () => {
    await engine.run('CREATE TABLE numbers (a int) DISTSTYLE ALL', []);
    expect(await engine.run('INSERT INTO numbers VALUES (1), (2)', [])).toEqual({ rows: [], rowCount: 2 });
    await engine.run("SET work_mem = '1MB'", []);
    expect(await valueOf(engine, 'SHOW work_mem')).toBe('4MB');
    expect(await valueOf(engine, 'SELECT count(*) FROM numbers')).toBe('2');
  });

  it('cancels a statement on the server', async () => {
    const stop = new AbortController();
    let ended: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      ended = engine.run(ENDLESS_SQL, [], { signal: stop.signal, onStart: resolve }).catch((error) => error.message);
    });
    stop.abort(new Error('stopped by the user'));
    expect(await ended).toBe('stopped by the user');
    expect(await valueOf(engine, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE :text AND pid <> pg_backend_pid()", { text: 'SELECT count(*) FROM generate%' }))
      .toBe('0');
  });

  it('returns the error of the server', async () => {
    await expect(engine.run('SELECT nope', [])).rejects.toMatchObject({ name: 'SqlError', message: 'column "nope" does not exist', code: '42703' });
  });

  it('never replaces a table that another program created', async () => {
    const client = new Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query('COMMENT ON TABLE nyc_yellow_taxi IS NULL');
      await expect(open()).rejects.toThrow('the database has a table nyc_yellow_taxi that another program created');
      expect((await client.query('SELECT count(*)::int AS trips FROM nyc_yellow_taxi')).rows).toEqual([{ trips: 6 }]);
    } finally {
      await client.end();
    }
  });
});
