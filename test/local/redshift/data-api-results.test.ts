import { RedshiftData } from '@aws-sdk/client-redshift-data';
import { DataApiFixture, executeInput, until } from './data-api-fixture';
import { ENDLESS_SQL, openEmptyDatabase } from './test-database';
import { PGliteEngine } from '../../../local/redshift/engine/pglite-engine';

let engine: PGliteEngine;
let fixture: DataApiFixture;
let client: RedshiftData;
describe('results of the Data API', () => {
  beforeAll(async () => {
    engine = await openEmptyDatabase();
    fixture = await DataApiFixture.start({ engine, limits: { executeRate: 1000, resultRate: 1000, describeRate: 1000 } });
    client = new RedshiftData({
      endpoint: fixture.api.endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'STARTER', secretAccessKey: 'secret' },
    });
  });
  afterAll(async () => {
    client.destroy();
    await fixture.close();
    await engine.close();
  });

  /** Runs a statement to its end. */
  async function run(sql: string, more: Parameters<typeof executeInput>[1] = {}) {
    const { Id } = await client.executeStatement(executeInput(sql, more));
    return client.describeStatement({ Id, WaitTimeSeconds: 30 });
  }

  /** The JSON string of the first page, which has all digits. */
  async function rawResult(sql: string): Promise<string> {
    const { Id } = await run(sql);
    const response = await fetch(fixture.api.endpoint, {
      method: 'POST',
      headers: { 'X-Amz-Target': 'RedshiftData.GetStatementResult', 'Authorization': 'AWS4-HMAC-SHA256 Credential=STARTER/20260101/eu-west-1/redshift-data/aws4_request' },
      body: JSON.stringify({ Id }),
    });
    expect(response.status).toBe(200);
    return response.text();
  }

  async function records(sql: string) {
    const { Id, Error: error } = await run(sql);
    expect(error).toBeUndefined();
    return (await client.getStatementResult({ Id })).Records;
  }

  it('are rows, after an event, when a statement is finished', async () => {
    const description = await run('SELECT :month AS month, 2 AS b', { Parameters: [{ name: 'month', value: '2015-01' }], StatementName: 'run/1', WithEvent: true });
    expect(description).toMatchObject({
      Status: 'FINISHED',
      HasResultSet: true,
      ResultRows: 1,
      ResultSize: 8,
      DbUser: 'awsuser',
      Database: 'dev',
      ClusterIdentifier: 'analytics',
      QueryString: 'SELECT :month AS month, 2 AS b',
      QueryParameters: [{ name: 'month', value: '2015-01' }],
    });
    expect(description.Duration).toBeGreaterThan(0);
    expect(fixture.events).toEqual([{
      'source': 'aws.redshift-data',
      'detail-type': 'Redshift Data Statement Status Change',
      'detail': {
        principal: 'arn:aws:sts::111122223333:assumed-role/Queries/OnConnect',
        statementName: 'run/1',
        statementId: description.Id,
        redshiftQueryId: description.RedshiftQueryId,
        state: 'FINISHED',
        rows: 1,
        expireAt: Math.floor(description.UpdatedAt!.getTime() / 1000) + 24 * 3600,
        clusterId: 'analytics',
      },
      'resources': ['arn:aws:redshift:eu-west-1:111122223333:cluster:analytics'],
    }]);
    const result = await client.getStatementResult({ Id: description.Id! });
    expect(result).toMatchObject({ TotalNumRows: 1, Records: [[{ stringValue: '2015-01' }, { longValue: 2 }]] });
    expect(result.NextToken).toBeUndefined();
    expect(result.ColumnMetadata?.map(({ name, label, typeName }) => ({ name, label, typeName })))
      .toEqual([{ name: 'month', label: 'month', typeName: 'varchar' }, { name: 'b', label: 'b', typeName: 'int4' }]);
  });

  it('have an event with FAILED when a statement fails, and none without WithEvent', async () => {
    const before = fixture.events.length;
    const quiet = await run('SELECT 1');
    const failed = await run('SELECT nope', { WithEvent: true });
    expect(failed).toMatchObject({ Status: 'FAILED', Error: 'ERROR: column "nope" does not exist', HasResultSet: false, ResultRows: -1 });
    expect(fixture.events.slice(before).map(({ detail }) => [detail.state, detail.statementId, detail.rows])).toEqual([['FAILED', failed.Id, -1]]);
    expect(quiet.Status).toBe('FINISHED');
  });

  it.each([
    ['a missing parameter', 'SELECT :x, :y', 'ERROR: syntax error at or near ":"\n  Hint: Add a value for the parameter "y".'],
    ['a value that the SQL cannot cast', 'SELECT CAST(:x AS int)', 'ERROR: invalid input syntax for type integer: "word"'],
    ['unsupported syntax', "UNLOAD (:x) TO 's3://b'", 'ERROR: UNLOAD is not supported by the local database'],
  ])('fail when the statement has %s', async (_what, sql, error) => {
    expect(await run(sql, { Parameters: [{ name: 'x', value: 'word' }] })).toMatchObject({ Status: 'FAILED', Error: error });
  });

  it('don\'t exist when a statement has no result set', async () => {
    const { Id, ...description } = await run('CREATE TABLE nothing_to_fetch (a int)');
    expect(description).toMatchObject({ Status: 'FINISHED', HasResultSet: false, ResultRows: -1 });
    await expect(client.getStatementResult({ Id })).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: Id });
  });

  it('are empty when a statement returns no rows', async () => {
    const { Id, ...description } = await run('SELECT 1 AS a WHERE false');
    expect(description).toMatchObject({ Status: 'FINISHED', HasResultSet: true, ResultRows: 0 });
    expect(await client.getStatementResult({ Id })).toMatchObject({ Records: [], TotalNumRows: 0 });
  });

  it('have integers with all digits', async () => {
    const json = await rawResult("SELECT 9007199254740993::bigint, '-9223372036854775808'::bigint, 32767::smallint, 7");
    expect(json).toContain('[[{"longValue":9007199254740993},{"longValue":-9223372036854775808},{"longValue":32767},{"longValue":7}]]');
  });

  it('have decimals, strings and dates as exact strings', async () => {
    expect(await records("SELECT 1234567890123456789012345678.0123456789::decimal(38,10), 1.50::numeric(5,2), '', 'héllo ✓ 🚕', 'a\"b\\\\c', 'x'::char(3), "
      + "timestamp '2015-01-31 23:59:59.123456', date '2015-01-31', timestamptz '2015-01-31 12:00:00+02', time '12:34:56'")).toEqual([[
      '1234567890123456789012345678.0123456789', '1.50', '', 'héllo ✓ 🚕', 'a"b\\c', 'x  ',
      '2015-01-31 23:59:59.123456', '2015-01-31', '2015-01-31 10:00:00+00', '12:34:56',
    ].map((stringValue) => ({ stringValue }))]);
  });

  it('have NULL, boolean and binary values', async () => {
    expect(await records("SELECT NULL::int, NULL::varchar, true, false, '\\\\x00ff10'::bytea")).toEqual([[
      { isNull: true }, { isNull: true }, { booleanValue: true }, { booleanValue: false }, { blobValue: Uint8Array.from([0, 255, 16]) },
    ]]);
  });

  it('have floating-point numbers including NaN and Infinity', async () => {
    const json = await rawResult("SELECT 0.1::float8, 1e300::float8, 1e-7::float4, '-0'::float8, 'NaN'::float8, 'Infinity'::float4, '-Infinity'::float8");
    expect(json).toContain('[[{"doubleValue":0.1},{"doubleValue":1e+300},{"doubleValue":1e-07},{"doubleValue":-0},');
    expect(json).toContain('{"doubleValue":"NaN"},{"doubleValue":"Infinity"},{"doubleValue":"-Infinity"}]]');
    expect(() => JSON.parse(json)).not.toThrow();
    expect((await records("SELECT 'NaN'::float8, '-Infinity'::float8"))?.[0].map(({ doubleValue }) => doubleValue)).toEqual([NaN, -Infinity]);
  });

  it('have columns with types, sizes and tables', async () => {
    await run("CREATE TABLE described (a bigint NOT NULL, b varchar(20) DEFAULT 'x', c decimal(12,3), d float4)");
    const { Id } = await run('SELECT a, b, c AS other, d, a + 1 AS computed FROM described');
    const { ColumnMetadata } = await client.getStatementResult({ Id });
    expect(ColumnMetadata).toMatchObject([
      { name: 'a', typeName: 'int8', precision: 19, scale: 0, nullable: 0, isSigned: true, schemaName: 'public', tableName: 'described' },
      { name: 'b', typeName: 'varchar', precision: 20, length: 20, nullable: 1, columnDefault: "'x'::character varying", isCaseSensitive: true },
      { name: 'other', label: 'other', typeName: 'numeric', precision: 12, scale: 3, tableName: 'described' },
      { name: 'd', typeName: 'float4', precision: 8 },
      { name: 'computed', typeName: 'int8', nullable: 2, tableName: '', schemaName: '' },
    ]);
  });

  it('have consecutive pages', async () => {
    const { Id } = await run('SELECT g FROM generate_series(1, 2500) g');
    const pages: number[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.getStatementResult({ Id, NextToken });
      expect(page.TotalNumRows).toBe(2500);
      pages.push(page.Records!.map(([field]) => Number(field.longValue)));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(pages.flat()).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
  });

  it('have pages with a maximum of bytes and rows', async () => {
    const { Id } = await run("SELECT repeat('x', 60000) FROM generate_series(1, 20)");
    const first = await client.getStatementResult({ Id });
    expect(first.Records).toHaveLength(17);
    expect((await client.getStatementResult({ Id, NextToken: first.NextToken })).Records).toHaveLength(3);
  });

  it('reject a token when it belongs to another statement', async () => {
    const { Id } = await run('SELECT g FROM generate_series(1, 1500) g');
    const { NextToken } = await client.getStatementResult({ Id });
    const other = await run('SELECT g FROM generate_series(1, 1500) g');
    await expect(client.getStatementResult({ Id: other.Id, NextToken })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('have an event with ABORTED when a statement is canceled', async () => {
    const { Id } = await client.executeStatement(executeInput(ENDLESS_SQL, { WithEvent: true }));
    await until(() => fixture.api.statements().find(({ id }) => id === Id)?.status === 'STARTED');
    expect(await client.cancelStatement({ Id })).toMatchObject({ Status: true });
    expect(await client.describeStatement({ Id })).toMatchObject({ Status: 'ABORTED', Error: "Query cancelled on user's request" });
    expect(fixture.events.filter(({ detail }) => detail.statementId === Id).map(({ detail }) => detail.state)).toEqual(['ABORTED']);
    await expect(client.cancelStatement({ Id })).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await run('SELECT 1')).Status).toBe('FINISHED');
  });
});
