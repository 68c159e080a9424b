import { ServiceBusyError, ThrottledError, StatementRejectedError } from '../../../src/runtime/model/errors';
import type { Query } from '../../../src/runtime/model/query-request';
import type { StatementTarget } from '../../../src/runtime/model/statement-target';
import { callersKnown, identityOf, connectAs } from '../../support/callers';
import { failNext } from '../../support/memory/interventions';
import { MemoryClient } from '../../support/memory/memory-client';
import { MemoryServices, NOTHING, QUERIES } from '../../support/memory/memory-services';

const OLD_TARGET: StatementTarget = { databaseName: 'dev', workgroupName: 'analytics' };
const NEW_TARGET: StatementTarget = { databaseName: 'sales', clusterIdentifier: 'warehouse', databaseUser: 'reader' };

let services: MemoryServices;
let client: MemoryClient;

beforeEach(() => {
  services = new MemoryServices();
  services.target = OLD_TARGET;
  client = new MemoryClient(services, 'c1');
});

/** Deploys another definition of the query without parameters. */
function deploy(changes: Partial<Query>): void {
  services.queries = { ...services.queries, everything: { ...services.queries.everything, ...changes } };
}

/** Submits a query whose statement Redshift throttles, so that SendMessage starts it. */
async function submitThrottled(message: object = { type: 'query', id: 'a', query: 'everything' }): Promise<void> {
  failNext(services.statementApi, 'start', new ThrottledError('30 a second'));
  await client.send(message);
}

async function endStatements(): Promise<void> {
  await Promise.all(services.statementApi.running.map(async (run) => services.statementEnded(run)));
}

describe('a query whose start is delayed past a deployment', () => {
  it('runs the SQL that was submitted when the deployment changes the SQL', async () => {
    await submitThrottled();
    deploy({ sql: 'SELECT 2 FROM new_table' });
    await services.passSeconds(1);
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT 1' }]);
  });

  it('returns no result of the old SQL to clients of the new SQL when results are reused', async () => {
    deploy({ resultReuseSeconds: 600 });
    await submitThrottled();
    deploy({ sql: 'SELECT 2 FROM new_table' });
    await services.passSeconds(1);
    await endStatements();
    const later = new MemoryClient(services, 'c2');
    await later.submit('b');
    expect(later.received()).toMatchObject([{ type: 'accepted', shared: false, cached: false }]);
    expect(services.statementApi.started.map(({ sql }) => sql)).toEqual(['SELECT 1', 'SELECT 2 FROM new_table']);
  });

  it('completes when the deployment removes the query', async () => {
    await submitThrottled();
    services.queries = { default: services.queries.default };
    await services.passSeconds(1);
    await endStatements();
    expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  });

  it('completes when the deployment renames a parameter', async () => {
    await submitThrottled({ type: 'query', id: 'a', parameters: { trip_month: '2015-01' } });
    const { trip_month: month } = QUERIES.default.parameters;
    services.queries = { default: { ...QUERIES.default, sql: 'SELECT :month', parameters: { month } } };
    await services.passSeconds(1);
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT :trip_month', parameters: { trip_month: '2015-01' } }]);
    await endStatements();
    expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  });

  it('starts in the database that it was submitted for when the deployment changes the database', async () => {
    await submitThrottled();
    services.target = NEW_TARGET;
    await services.passSeconds(1);
    expect(services.statementApi.started).toMatchObject([{ target: OLD_TARGET }]);
  });

  it('ends in a retryable error when the functions have no permission for the old database anymore', async () => {
    await submitThrottled();
    services.target = NEW_TARGET;
    failNext(services.statementApi, 'start', new StatementRejectedError('AccessDeniedException'));
    await services.passSeconds(1);
    const message = 'A deployment changed the database before the query started. Submit the query again.';
    expect(client.resultMessages()).toMatchObject([{ type: 'error', id: 'a', code: 'start_refused', message, retryable: true }]);
    await services.passSeconds(60);
    expect(services.unfinished()).toEqual(NOTHING);
  });

  it('runs the SQL that was submitted when SendMessage finds its run', async () => {
    failNext(services.statementApi, 'start', new ServiceBusyError('throttled'));
    await client.submit('a');
    deploy({ sql: 'SELECT 2 FROM new_table' });
    await services.passSeconds(1);
    expect(client.types()).toContain('accepted');
    expect(services.statementApi.started).toMatchObject([{ sql: 'SELECT 1' }]);
  });

  it('is accepted when the deployment removes the query before SendMessage finds its run', async () => {
    failNext(services.connections, 'post', new ServiceBusyError('throttled'));
    await client.submit('a');
    services.queries = { default: services.queries.default };
    await services.passSeconds(1);
    await endStatements();
    expect(client.types()).toEqual(['accepted', 'rows', 'complete']);
  });
});

describe('a query that runs during a deployment', () => {
  it('uses its maximum number of rows from submission when the deployment removes the maximum', async () => {
    deploy({ maxRows: 1 });
    await client.submit('a');
    deploy({ maxRows: undefined });
    await endStatements();
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 1, truncated: true }]);
  });

  it.each<[string, Partial<Query>]>([
    ['the timeout', { timeoutSeconds: 7200 }],
    ['the retention', { resultRetentionSeconds: 86_400 }],
    ['the grace period', { reconnectGraceSeconds: 3600 }],
  ])('is not shared with clients of the new version when the deployment changes %s', async (_, changes) => {
    await client.submit('a');
    deploy(changes);
    const later = new MemoryClient(services, 'c2');
    await later.submit('b');
    expect(later.received()).toMatchObject([{ type: 'accepted', shared: false, cached: false }]);
  });

  it('uses its maximum number of bytes from submission when the deployment lowers the maximum', async () => {
    await client.submit('a');
    deploy({ maxResultBytes: 1 });
    await endStatements();
    expect(client.terminalMessages('a')).toMatchObject([{ type: 'complete', rows: 2, truncated: false }]);
  });

  it('sends the limits from submission to a client that resumes it', async () => {
    deploy({ maxRows: 2, timeoutSeconds: 100 });
    await client.submit('a');
    await endStatements();
    deploy({ maxRows: 7, timeoutSeconds: 50 });
    await client.send({ type: 'resume', id: 'b', result: client.result('a'), after: -1 });
    expect(client.received()).toContainEqual(expect.objectContaining({ type: 'accepted', id: 'b', limits: { rows: 2, timeLimitMs: 100_000 } }));
  });

  it('can be resumed for as long as its own retention when the deployment changes the retention', async () => {
    deploy({ resultRetentionSeconds: 60 });
    await client.submit('a');
    deploy({ resultRetentionSeconds: 3600 });
    await endStatements();
    await services.passSeconds(59);
    await client.send({ type: 'resume', id: 'b', result: client.result('a'), after: -1 });
    await services.passSeconds(2);
    await client.send({ type: 'resume', id: 'c', result: client.result('a'), after: -1 });
    expect(client.received()).toContainEqual(expect.objectContaining({ type: 'complete', id: 'b' }));
    expect(client.received().at(-1)).toMatchObject({ type: 'error', id: 'c', code: 'result_expired' });
  });

  it('completes with the rows of its own database when the deployment changes the database', async () => {
    await client.submit('a');
    services.target = NEW_TARGET;
    await endStatements();
    expect(client.resultMessages()).toMatchObject([{ type: 'rows' }, { type: 'complete' }]);
  });
});

describe('a query that is submitted after a deployment changed its target', () => {
  const MOVES: [string, StatementTarget][] = [
    ['database', { ...OLD_TARGET, databaseName: 'sales' }],
    ['workgroup', { ...OLD_TARGET, workgroupName: 'other' }],
    ['cluster', { databaseName: 'dev', clusterIdentifier: 'analytics' }],
    ['user', { ...OLD_TARGET, databaseUser: 'reader' }],
    ['secret', { ...OLD_TARGET, secretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:reader' }],
  ];

  it.each(MOVES)('does not reuse a result of the old %s', async (_, target) => {
    deploy({ resultReuseSeconds: 600 });
    await client.submit('a');
    await endStatements();
    services.target = target;
    await client.submit('b');
    expect(client.received().at(-1)).toMatchObject({ type: 'accepted', id: 'b', shared: false, cached: false });
    expect(services.statementApi.started).toMatchObject([{ target: OLD_TARGET }, { target }]);
  });

  it.each(MOVES)('does not share a run on the old %s that is in flight', async (_, target) => {
    const other = new MemoryClient(services, 'c2');
    await client.submit('a');
    services.target = target;
    await other.submit('b');
    expect(other.received()).toMatchObject([{ type: 'accepted', id: 'b', shared: false }]);
    expect(other.result('b')).not.toBe(client.result('a'));
  });
});

describe('a result whose claims a deployment changed', () => {
  it('is not resumed when the claim of a parameter is another one', async () => {
    services = callersKnown();
    client = new MemoryClient(services, 'c1');
    await connectAs(client, identityOf('ann', { tenant_id: 'acme', department: 'acme' }));
    await client.submit('a', {}, 'own');
    await endStatements();
    const { own } = services.queries;
    services.queries = { ...services.queries, own: { ...own, parameters: { ...own.parameters, tenant: { ...own.parameters.tenant, claim: 'department' } } } };
    await client.send({ type: 'resume', id: 'b', result: client.result('a'), after: -1 });
    expect(client.received().at(-1)).toMatchObject({ type: 'error', id: 'b', code: 'result_expired' });
  });
});
