import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeStatementCommand, ExecuteStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { nodeFunction, removeAssemblies, writeAssembly } from './fixture/assembly';
import { startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';
import type { RedshiftDataContext, RunningService } from '../../../local/aws';

let local: RunningLocalAws;
let client: RedshiftDataClient;
let context: RedshiftDataContext;
const callers: string[] = [];

/** A Data API that starts every statement and has no results. */
async function fakeRedshiftData(redshiftContext: RedshiftDataContext): Promise<RunningService> {
  context = redshiftContext;
  const server = http.createServer((request, response) => {
    const accessKeyId = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')![1];
    callers.push(`${String(request.headers['x-amz-target'])} ${context.roleOf(accessKeyId)}`);
    const known = request.headers['x-amz-target'] === 'RedshiftData.ExecuteStatement';
    response.writeHead(known ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(known ? { Id: 'statement-1' } : { __type: 'ResourceNotFoundException', Message: 'no such statement', ResourceId: 'x' }));
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => new Promise((resolve) => { server.close(() => resolve()); }),
  };
}

describe('Redshift Data API', () => {
  beforeAll(async () => {
    local = await startLocal(writeAssembly({ resources: nodeFunction('Work', 'exports.handler = async () => process.env.AWS_ACCESS_KEY_ID;') }), {
      redshiftData: fakeRedshiftData,
    });
    client = new RedshiftDataClient({ endpoint: local.aws.endpoints.redshiftData, region: 'us-east-1', credentials: local.aws.credentials, maxAttempts: 1 });
  });

  afterAll(async () => {
    client.destroy();
    await local.aws.close();
    removeAssemblies();
  });

  it('receives calls with the caller', async () => {
    const { Id: id } = await client.send(new ExecuteStatementCommand({ Sql: 'select 1', Database: 'dev', WorkgroupName: 'work' }));
    expect(id).toBe('statement-1');
    expect(callers).toEqual(['RedshiftData.ExecuteStatement arn:aws:sts::111122223333:assumed-role/developer/developer']);
  });

  it('throws errors by name', async () => {
    await expect(client.send(new DescribeStatementCommand({ Id: '00000000-0000-0000-0000-000000000000' }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('finds the caller of an access key', async () => {
    const { payload } = await local.aws.invoke('Work', {}) as { payload: string };
    expect(context.roleOf(JSON.parse(payload) as string)).toMatch(/^arn:aws:sts::111122223333:assumed-role\/Stack-WorkRole-[0-9A-Z]{12}\/Stack-Work-[0-9A-Z]{12}$/);
    expect(() => context.roleOf('AKIAUNKNOWN')).toThrow('The access key AKIAUNKNOWN doesn\'t exist');
    expect([context.region, context.accountId]).toEqual(['us-east-1', '111122223333']);
  });
});
