import * as fc from 'fast-check';
import { Client } from 'pg';
import { DIALECT_SQL } from '../../local/redshift/engine/dialect/schema';
import { PostgresEngine } from '../../local/redshift/engine/postgres-engine';
import type { SqlEngine } from '../../local/redshift/engine/sql-engine';
import { canonicalDecimal, ExactNumber } from '../../src/shared/decimal';
import { canonicalValue } from '../../src/shared/parameter-value';
import type { ListDefinition, ValueDefinition } from '../../src/shared/query-definitions';
import { bindValues } from '../../src/shared/sql-statement';
import { PostgresServer, postgresPrograms } from '../local/redshift/postgres-server';
import { emptyDatabase } from '../support/local/empty-database';

const RUNS = { numRuns: 60 };

const programs = postgresPrograms();
if (programs === undefined) {
  console.warn('skipped: no PostgreSQL server is installed under /usr/lib/postgresql');
}

let database: SqlEngine;

type Rows = ReadonlyArray<ReadonlyArray<string | null>>;

/** Rows that PostgreSQL returns for a template with the values that a client sent. */
async function rowsOf(template: string, sent: Record<string, unknown>, definition: ValueDefinition | ListDefinition): Promise<Rows> {
  const values = Object.entries(sent).map(([name, value]) => [name, value === null ? null : canonicalValue(value, definition)]);
  const { sql, parameters } = bindValues(template, Object.fromEntries(values));
  const { rows } = await database.run(sql, Object.entries(parameters).map(([name, value]) => ({ name, value })));
  return rows;
}

const STRING: ValueDefinition = { kind: 'string', minLength: 0, maxLength: 1000 };
const STRINGS: ListDefinition = { kind: 'list', item: STRING, minItems: 1, maxItems: 20 };

const INJECTIONS = [
  "'", "''", "'''", "\\'", '\\', '"', ';', '--', '/*', '*/', '$$', '$1', ':value', ':values_1', '::', '%s', '{0}', 'NULL', "''::text", '\u02bc', '\uff07', '\r\n', '\u2028',
  "' OR '1'='1", "'; DROP TABLE trips; --", '1; DELETE FROM trips', "' UNION SELECT usename, passwd FROM pg_user --", "\\'; DROP TABLE trips; --", "x' || pg_sleep(10) || '",
  '$$; DROP TABLE trips; $$', '*/ DROP TABLE trips /*', ') OR (1=1', "', :value) --", '\u0001\u0008\u001b[31m', '😀', '\ufeff', '\u202e', ' leading and trailing ',
];

interface Started {
  readonly engine: SqlEngine;
  stop(): Promise<void>;
}

async function startServer(): Promise<Started> {
  const server = await PostgresServer.start(programs!);
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(DIALECT_SQL.join(';\n'));
  await client.end();
  return { engine: await PostgresEngine.open({ url: server.url }), stop: async () => server.stop() };
}

async function startEmbedded(): Promise<Started> {
  return { engine: await emptyDatabase(), stop: async () => undefined };
}

interface Database {
  readonly name: string;
  start(): Promise<Started>;
}

const EMBEDDED: Database = { name: 'the embedded PostgreSQL', start: startEmbedded };
const SERVER: Database = { name: 'a PostgreSQL server', start: startServer };

describe.each(programs === undefined ? [EMBEDDED] : [EMBEDDED, SERVER])('$name', ({ start }) => {
  let stop: Started['stop'] | undefined;
  beforeAll(async () => {
    ({ engine: database, stop } = await start());
  });
  afterAll(async () => {
    await database?.close();
    await stop?.();
  });

  describe('a string as a parameter', () => {
    it('is returned unchanged when it is random', async () => {
      await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }).filter((string) => !string.includes('\0')), async (value) => {
        expect(await rowsOf('SELECT CAST(:value AS VARCHAR), :value::VARCHAR', { value }, STRING)).toEqual([[value, value]]);
      }), RUNS);
    });

    it.each(INJECTIONS)('is returned unchanged when it is %j', async (value) => {
      const template = "SELECT CAST(:value AS VARCHAR), 'it''s' || :value /* :value */ -- :value";
      expect(await rowsOf(template, { value }, STRING)).toEqual([[value, `it's${value}`]]);
    });

    it.each(['\ufeff', '\ufeffa', '\ufeff\ufeffa\ufeff'])('is returned unchanged when it begins with a byte order mark: %j', async (value) => {
      expect(await rowsOf('SELECT CAST(:value AS VARCHAR) AS "\ufeffname", CAST(:value AS VARCHAR)', { value }, STRING)).toEqual([[value, value]]);
    });

    it('is returned as an empty string or NULL when it is empty or NULL', async () => {
      const template = "SELECT CAST(:value AS VARCHAR), CAST(:value AS VARCHAR) IS NULL, LENGTH(CAST(:value AS VARCHAR)), 'x'||CAST(:value AS VARCHAR)";
      expect(await rowsOf(template, { value: '' }, STRING)).toEqual([['', 'f', '0', 'x']]);
      expect(await rowsOf(template, { value: null }, STRING)).toEqual([[null, 't', null, null]]);
      expect(await rowsOf(template, { value: 'NULL' }, STRING)).toEqual([['NULL', 'f', '4', 'xNULL']]);
    });
  });

  describe('a list as a parameter', () => {
    const template = "SELECT 'found' WHERE CAST(:value AS VARCHAR) IN (:values)";

    /** Whether PostgreSQL finds a string in a list. */
    async function isIn(value: string, values: readonly string[] | null): Promise<boolean> {
      const bound = bindValues(template, { value, values: values === null ? null : canonicalValue(values, STRINGS) });
      const { rows } = await database.run(bound.sql, Object.entries(bound.parameters).map(([name, each]) => ({ name, value: each })));
      return rows.length === 1;
    }

    it('matches exactly its items when they are random', async () => {
      const word = fc.constantFrom('', 'a', 'b', ' ', ...INJECTIONS);
      await fc.assert(fc.asyncProperty(word, fc.array(word, { minLength: 1, maxLength: 20 }), async (value, values) => {
        expect(await isIn(value, values)).toBe(values.includes(value));
      }), RUNS);
    });

    it('matches nothing when it is NULL', async () => {
      expect(await isIn('', null)).toBe(false);
    });

    it('matches exactly its items when they are numbers', async () => {
      const numbers: ListDefinition = { kind: 'list', item: { kind: 'integer', min: '-9', max: '9' }, minItems: 1, maxItems: 20 };
      expect(await rowsOf('SELECT n FROM generate_series(-9, 9) AS n WHERE n IN (:values) ORDER BY n', { values: [3, '-7', '03'] }, numbers)).toEqual([['-7'], ['3']]);
    });
  });

  describe('a value of another kind as a parameter', () => {
    it('is returned exactly when it is an integer', async () => {
      const bigint: ValueDefinition = { kind: 'integer', min: '-9223372036854775808', max: '9223372036854775807' };
      await fc.assert(fc.asyncProperty(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.boolean(), async (number, isString) => {
        const value = isString ? `${number}` : new ExactNumber(`${number}`);
        expect(await rowsOf('SELECT CAST(:value AS BIGINT), 0 - -CAST(:value AS DECIMAL(38, 0))', { value }, bigint)).toEqual([[`${number}`, `${number}`]]);
      }), RUNS);
    });

    it('is returned exactly when it is a decimal number', async () => {
      const decimal: ValueDefinition = { kind: 'decimal', precision: 38, scale: 19 };
      await fc.assert(fc.asyncProperty(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), async (digits) => {
        const value = `${digits}e-19`;
        const [[stored]] = await rowsOf('SELECT CAST(:value AS DECIMAL(38, 19))', { value }, decimal);
        expect(canonicalDecimal(stored!)).toBe(canonicalDecimal(value));
      }), RUNS);
    });

    it('is returned exactly when it is a boolean', async () => {
      expect(await rowsOf('SELECT CAST(:value AS BOOLEAN)', { value: true }, { kind: 'boolean' })).toEqual([['t']]);
      expect(await rowsOf('SELECT CAST(:value AS BOOLEAN)', { value: 'false' }, { kind: 'boolean' })).toEqual([['f']]);
      expect(await rowsOf('SELECT CAST(:value AS BOOLEAN)', { value: null }, { kind: 'boolean' })).toEqual([[null]]);
    });

    const TIMESTAMPS = fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true });

    it('is returned exactly when it is a date or a timestamp with or without a time zone', async () => {
      await fc.assert(fc.asyncProperty(TIMESTAMPS, fc.nat(999), fc.integer({ min: -15 * 60, max: 15 * 60 }), async (date, micros, offset) => {
        const iso = date.toISOString();
        const local = new Date(date.getTime() + offset * 60_000).toISOString();
        const fraction = `${iso.slice(19, 23)}${String(micros).padStart(3, '0')}`;
        const zone = `${offset < 0 ? '-' : '+'}${String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0')}:${String(Math.abs(offset) % 60).padStart(2, '0')}`;
        const stored = `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction.replace(/\.?0*$/, '')}`;
        expect(await rowsOf('SELECT CAST(:value AS DATE)', { value: iso.slice(0, 10) }, { kind: 'date' })).toEqual([[iso.slice(0, 10)]]);
        expect(await rowsOf('SELECT CAST(:value AS TIMESTAMP)', { value: `${iso.slice(0, 19)}${fraction}` }, { kind: 'timestamp', withTimeZone: false })).toEqual([[stored]]);
        expect(await rowsOf('SELECT CAST(:value AS TIMESTAMPTZ)', { value: `${local.slice(0, 19)}${fraction}${zone}` }, { kind: 'timestamp', withTimeZone: true }))
          .toEqual([[`${stored}+00`]]);
      }), RUNS);
    });
  });
});
