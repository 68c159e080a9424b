import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { FinalizeRequestMiddleware } from '@smithy/types';
import type { RedshiftDataLimits } from '../../../local/redshift/data-api/limits';
import { getClientOptions } from '../../../src/runtime/aws/clients/client-options';
import { RedshiftDataStatementApi } from '../../../src/runtime/aws/redshift-data-statement-api';
import type { StatementToStart } from '../../../src/runtime/model/ports';
import { MAX_INLINE_WAIT_SECONDS } from '../../../src/shared/function-environment';
import { DataApiFixture, HandEngine, until } from '../../local/redshift/data-api-fixture';
import { stopTime, whileTimePasses } from '../../support/time';

const STATEMENT: StatementToStart = { run: 'r1', target: { databaseName: 'dev', workgroupName: 'analytics' }, sql: 'SELECT 1', parameters: {} };

let engine: HandEngine;
let fixture: DataApiFixture;
let client: RedshiftDataClient;
let statementApi: RedshiftDataStatementApi;
/** Number of requests that the client has sent. */
let requests: number;

async function start(limits: Partial<RedshiftDataLimits> = {}): Promise<void> {
  engine = new HandEngine();
  fixture = await DataApiFixture.start({ engine, limits });
  client = new RedshiftDataClient({
    ...getClientOptions('redshiftData'),
    endpoint: fixture.api.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'STARTER', secretAccessKey: 'secret' },
  });
  requests = 0;
  const count: FinalizeRequestMiddleware<any, any> = (next) => async (args) => {
    requests += 1;
    return next(args);
  };
  client.middlewareStack.addRelativeTo(count, { name: 'countRequests', relation: 'after', toMiddleware: 'retryMiddleware' });
  statementApi = new RedshiftDataStatementApi(client, 'Stack/c8/');
  stopTime();
}

afterEach(async () => {
  jest.useRealTimers();
  client.destroy();
  await fixture.close();
});

describe('start with a wait, on the Data API', () => {
  it('describes a statement, in one request, that finishes just before the end of the longest wait', async () => {
    await start();
    setTimeout(() => engine.running[0].finish(), (MAX_INLINE_WAIT_SECONDS - 1) * 1000);
    const { statementId, description } = await whileTimePasses(statementApi.start(STATEMENT, MAX_INLINE_WAIT_SECONDS));
    expect(description).toMatchObject({ state: 'finished', hasResultSet: true });
    expect(requests).toBe(1);
    expect(fixture.api.statements().map(({ id }) => id)).toEqual([statementId]);
  });

  it('returns the error message of a statement that fails during the wait', async () => {
    await start();
    const started = statementApi.start(STATEMENT, 1);
    await until(() => engine.running.length === 1);
    engine.running[0].fail(new Error('division by zero'));
    expect((await whileTimePasses(started)).description).toMatchObject({ state: 'failed', error: 'ERROR: division by zero' });
  });

  it('returns only the id of a statement that runs longer than the wait', async () => {
    await start();
    const { statementId, description } = await whileTimePasses(statementApi.start(STATEMENT, 1));
    expect(description).toBeUndefined();
    expect(fixture.api.statements()).toMatchObject([{ id: statementId, status: 'STARTED' }]);
  });

  it('starts one statement when the Data API rejects the wait', async () => {
    await start({ waitingRequests: 0 });
    const { statementId, description } = await whileTimePasses(statementApi.start(STATEMENT, 1));
    expect(description).toBeUndefined();
    expect(fixture.api.statements().map(({ id }) => id)).toEqual([statementId]);
  });
});
