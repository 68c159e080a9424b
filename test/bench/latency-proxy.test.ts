import * as http from 'node:http';
import { DEFAULT_LATENCIES, LATENCY_NAMES } from '../../bench/pipeline/latency/latencies';
import type { Latencies } from '../../bench/pipeline/latency/latencies';
import { startLatencyProxy } from '../../bench/pipeline/latency/latency-proxy';
import { Meter } from '../../bench/pipeline/usage/meter';
import type { RunningService } from '../../local/aws';
import { closeServer, listen, readBody } from '../../local/loopback';

const NO_LATENCIES = Object.fromEntries(LATENCY_NAMES.map((name) => [name, 0])) as unknown as Latencies;
const AUTHORIZATION = 'AWS4-HMAC-SHA256 Credential=ASIAKEY/20260101/us-east-1/service/aws4_request';

let received: { target?: string; url?: string; body: string }[];
let response: object;
let endpoint: http.Server;
let proxy: RunningService;
let meter: Meter;

beforeEach(async () => {
  received = [];
  response = {};
  meter = new Meter({});
  endpoint = http.createServer(async (request, result) => {
    received.push({ target: request.headers['x-amz-target'] as string, url: request.url, body: (await readBody(request)).toString() });
    result.end(JSON.stringify(response));
  });
  const context = { endpoint: `http://127.0.0.1:${await listen(endpoint)}`, roleOf: (key: string) => `arn:aws:sts::1:assumed-role/role/function-${key}` };
  proxy = await startLatencyProxy(context, { latencies: NO_LATENCIES, meter });
});

afterEach(async () => {
  await proxy.close();
  await closeServer(endpoint);
});

async function send(target: string | undefined, body: string, path = '/'): Promise<unknown> {
  const headers = { authorization: AUTHORIZATION, ...target === undefined ? {} : { 'x-amz-target': target } };
  return (await fetch(proxy.endpoint + path, { method: 'POST', headers, body })).json();
}

describe('latency proxy', () => {
  it('has DynamoDB report the consumed capacity, and records the function', async () => {
    response = { ConsumedCapacity: { CapacityUnits: 3 } };
    await send('DynamoDB_20120810.PutItem', '{"TableName":"records"}');
    expect(JSON.parse(received[0].body)).toEqual({ TableName: 'records', ReturnConsumedCapacity: 'TOTAL' });
    const { calls, usage } = meter.reset();
    expect(calls).toMatchObject([{ service: 'dynamodb', operation: 'PutItem', functionName: 'function-ASIAKEY' }]);
    expect(usage).toMatchObject({ writeUnits: 3, readUnits: 0 });
  });

  it('has DynamoDB report the consumed capacity of a transaction', async () => {
    response = { ConsumedCapacity: [{ CapacityUnits: 4 }] };
    await send('DynamoDB_20120810.TransactWriteItems', '{"TransactItems":[]}');
    expect(JSON.parse(received[0].body)).toEqual({ TransactItems: [], ReturnConsumedCapacity: 'TOTAL' });
    expect(meter.reset().usage).toMatchObject({ writeUnits: 4 });
  });

  it('answers reads of parameters', async () => {
    expect(await send('AmazonSSM.GetParameter', '{"Name":"endpoint"}')).toMatchObject({ Parameter: { Value: 'endpoint' } });
    expect(received).toEqual([]);
    expect(meter.reset().usage).toMatchObject({ parameterReads: 1 });
  });

  it('counts batches of messages and posts by their size', async () => {
    await send('AmazonSQS.SendMessageBatch', JSON.stringify({ Entries: [{ MessageBody: 'x'.repeat(60_000) }, { MessageBody: 'x'.repeat(60_000) }] }));
    await send(undefined, 'x'.repeat(40_000), '/api/prod/@connections/c1');
    expect(received[1].url).toBe('/api/prod/@connections/c1');
    expect(meter.reset().usage).toMatchObject({ queueRequests: 2, apiMessages: 2 });
  });

  it('has a latency for each service that the functions call', () => {
    expect(DEFAULT_LATENCIES).toMatchObject({ 'dynamodb': 5, 'sqs': 10, 'connections': 15, 'redshift-data': 25, 'event': 150, 'cold-start': 300 });
  });
});
