import type { SqlEngine } from '../../../local/redshift/engine/sql-engine';
import { QueryParameter, SqlTemplate } from '../../../src';
import { emptyDatabase } from '../../support/local/empty-database';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';
import { WebSocketClient } from '../../support/local/web-socket-client';

const EVERY_KIND = `
  SELECT CAST(:name AS VARCHAR(40)) AS name, CAST(:count AS BIGINT) AS count, CAST(:fare AS DECIMAL(10, 4)) AS fare, CAST(:tip AS BOOLEAN) AS tip,
         CAST(:day AS DATE) AS day, CAST(:moment AS TIMESTAMP) AS moment, CAST(:vendor AS VARCHAR(3)) AS vendor
  FROM generate_series(1, 3) AS s(n)
  WHERE n IN (:numbers)`;

let engine: SqlEngine;
let application: LocalApplication;
let client: WebSocketClient;

beforeAll(async () => {
  engine = await emptyDatabase();
  application = await startLocalApplication({ Query: ['SELECT CAST(:text AS VARCHAR(40)) AS text', 'text'] }, engine, {}, {}, (query) => {
    query.addQuery('every-kind', {
      sql: SqlTemplate.inline(EVERY_KIND),
      parameters: {
        name: QueryParameter.string({ minLength: 0, optional: true }),
        count: QueryParameter.integer(),
        fare: QueryParameter.decimal({ scale: 4, defaultValue: 2.5 }),
        tip: QueryParameter.bool({ optional: true }),
        day: QueryParameter.date({ optional: true }),
        moment: QueryParameter.timestamp({ optional: true }),
        vendor: QueryParameter.oneOf(['CMT', 'VTS'], { defaultValue: 'CMT' }),
        numbers: QueryParameter.listOf(QueryParameter.integer({ min: 1, max: 9 })),
      },
    });
  });
});
afterAll(async () => {
  await application?.close();
  await engine?.close();
});

afterEach(async () => client.close());

describe('a query with parameters of each kind', () => {
  it('returns the values that the client sent', async () => {
    client = await WebSocketClient.connect(application.url('Query'));
    const parameters = { name: "it's", count: '9007199254740993', fare: '1.50', tip: true, day: '2016-02-29', moment: '2015-01-31T23:59:59.5', vendor: 'VTS', numbers: [1, 3] };
    client.send({ type: 'query', id: 'a', query: 'every-kind', parameters });
    const row = ["it's", '9007199254740993', '1.5000', true, '2016-02-29', '2015-01-31 23:59:59.5', 'VTS'];
    expect((await client.waitForResult('a')).rows).toEqual([row, row]);
  });

  it('returns NULL, an empty string and the defaults when parameters are omitted', async () => {
    client = await WebSocketClient.connect(application.url('Query'));
    client.send({ type: 'query', id: 'a', query: 'every-kind', parameters: { name: '', count: 1, numbers: [2] } });
    client.send({ type: 'query', id: 'b', query: 'every-kind', parameters: { count: 1, numbers: [2] } });
    expect((await client.waitForResult('a')).rows).toEqual([['', 1, '2.5000', null, null, null, 'CMT']]);
    expect((await client.waitForResult('b')).rows).toEqual([[null, 1, '2.5000', null, null, null, 'CMT']]);
  });

  it('accepts its parameters in the URL of the connection, with repeated keys for a list', async () => {
    client = await WebSocketClient.connect(`${application.url('Query')}?query=every-kind&count=7&numbers=1&numbers=2&name=a%20b`);
    const row = ['a b', 7, '2.5000', null, null, null, 'CMT'];
    expect((await client.waitForResult('connect')).rows).toEqual([row, row]);
  });

  it('leaves the query of the construct as the default query', async () => {
    client = await WebSocketClient.connect(application.url('Query'));
    client.submit('a', { text: '2015' });
    expect((await client.waitForResult('a')).rows).toEqual([['2015']]);
  });
});
