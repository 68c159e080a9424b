import * as net from 'node:net';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LOOPBACK } from '../../../local/loopback';
import { ApiGatewayConnections } from '../../../src/runtime/aws/api-gateway-connections';
import { watchAttempts } from '../../../src/runtime/aws/clients/attempts';
import { getClientOptions } from '../../../src/runtime/aws/clients/client-options';
import { DynamoDbTable } from '../../../src/runtime/aws/dynamodb/dynamodb-table';
import { DynamoDbTickets } from '../../../src/runtime/aws/dynamodb/dynamodb-tickets';
import { JwtTokens } from '../../../src/runtime/aws/jwt-tokens';
import { RedshiftDataStatementApi } from '../../../src/runtime/aws/redshift-data-statement-api';
import { S3Bucket } from '../../../src/runtime/aws/s3-bucket';
import { SqsQueue } from '../../../src/runtime/aws/sqs-queue';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { MAX_INLINE_WAIT_SECONDS } from '../../../src/shared/function-environment';
import { stopTime, whileTimePasses } from '../../support/time';

const CLOCK = { now: () => 1_000_000 };
const STATEMENT = { run: 'r1', target: { databaseName: 'dev', workgroupName: 'analytics' }, sql: 'SELECT 1', parameters: {} };

let server: net.Server;
let sockets: net.Socket[];
let address: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };

/** A service that accepts connections and never responds. */
beforeEach(async () => {
  sockets = [];
  server = net.createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => void server.listen(0, LOOPBACK, resolve));
  const { port } = server.address() as net.AddressInfo;
  address = { endpoint: `http://${LOOPBACK}:${port}`, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  stopTime();
});

afterEach(async () => {
  jest.useRealTimers();
  sockets.forEach((socket) => socket.destroy());
  await new Promise((resolve) => void server.close(resolve));
});

function statementApi(): RedshiftDataStatementApi {
  return new RedshiftDataStatementApi(watchAttempts(new RedshiftDataClient({ ...getClientOptions('redshiftData'), ...address })), 'Stack/c8/');
}

function connections(): ApiGatewayConnections {
  return new ApiGatewayConnections(watchAttempts(new ApiGatewayManagementApiClient({ ...getClientOptions('connections'), ...address })));
}

function table(client: 'dynamoDb' | 'tickets'): DynamoDbTable {
  const documents = DynamoDBDocumentClient.from(watchAttempts(new DynamoDBClient({ ...getClientOptions(client), ...address })));
  return new DynamoDbTable(documents, 'table', CLOCK);
}

function queue(): SqsQueue {
  return new SqsQueue(watchAttempts(new SQSClient({ ...getClientOptions('sqs'), ...address })), `${address.endpoint}/queue`);
}

function bucket(): S3Bucket {
  return new S3Bucket(watchAttempts(new S3Client({ ...getClientOptions('s3'), ...address })), 'results');
}

/** Lets the time of the fake clock pass until the call has failed. Returns the error, and how long it took by that clock. */
async function failureOf(action: () => Promise<unknown>): Promise<{ error: unknown; tookMs: number }> {
  const startedAt = Date.now();
  const error = await whileTimePasses(action().then(() => 'nothing', (reason: unknown) => reason));
  return { error, tookMs: Date.now() - startedAt };
}

describe('a call to a service that never responds', () => {
  it.each<[string, number, () => Promise<unknown>]>([
    ['ExecuteStatement', 20_000, async () => statementApi().start(STATEMENT)],
    ['ExecuteStatement with a wait of one second', 20_000, async () => statementApi().start(STATEMENT, 1)],
    ['ExecuteStatement with the longest wait', 29_000, async () => statementApi().start(STATEMENT, MAX_INLINE_WAIT_SECONDS)],
    ['DescribeStatement', 20_000, async () => statementApi().describe('s1')],
    ['GetStatementResult', 20_000, async () => statementApi().fetchPage('s1')],
    ['CancelStatement', 20_000, async () => statementApi().cancel('s1')],
    ['PostToConnection', 5000, async () => connections().post('c1', '{}')],
    ['DeleteConnection', 5000, async () => connections().close('c1')],
    ['GetItem', 20_000, async () => table('dynamoDb').get({ partitionKey: 'a', sortKey: 'b' })],
    ['Query', 20_000, async () => table('dynamoDb').query('a', 'b')],
    ['PutItem', 20_000, async () => table('dynamoDb').put({ partitionKey: 'a', sortKey: 'b' }, {})],
    ['DeleteItem of a ticket', 9000, async () => new DynamoDbTickets(table('tickets')).take('hash')],
    ['SendMessage', 22_000, async () => queue().send({ type: 'run', run: 'r1', attempt: 1 })],
    ['SendMessageBatch', 22_000, async () => queue().sendAll([{ job: { type: 'run', run: 'r1', attempt: 1 } }])],
    ['GetObject', 20_000, async () => bucket().get('key')],
    ['PutObject', 20_000, async () => bucket().put('key', Buffer.from('x'))],
  ])('%s fails within %i ms with ServiceBusyError', async (_, withinMs, action) => {
    const { error, tookMs } = await failureOf(action);
    expect(error).toBeInstanceOf(ServiceBusyError);
    expect(error).not.toBeInstanceOf(ThrottledError);
    expect(tookMs).toBeLessThanOrEqual(withinMs);
  });

  it('allows a large result page the time of three attempts', async () => {
    const { tookMs } = await failureOf(async () => statementApi().fetchPage('s1'));
    expect(tookMs).toBeGreaterThan(17_000);
    expect(sockets).toHaveLength(1);
  });
});

describe('an issuer that never responds', () => {
  it('causes the verification of a token to fail before the timeout of the authorizer', async () => {
    const port = new URL(address.endpoint).port;
    const tokens = new JwtTokens({ issuer: 'https://issuer.example', jwksUri: `https://${LOOPBACK}:${port}/keys.json`, audience: ['app'] });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256', kid: 'k1' })}.${part({ iss: 'https://issuer.example', aud: 'app' })}.c2ln`;
    const { error, tookMs } = await failureOf(async () => tokens.verify(token));
    expect(String(error)).toContain('keys');
    expect(tookMs).toBeLessThanOrEqual(9000);
  });
});
