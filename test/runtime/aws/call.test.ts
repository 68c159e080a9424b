import * as http from 'node:http';
import { ExecuteStatementCommand, RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { closeServer, listen, LOOPBACK } from '../../../local/loopback';
import { watchAttempts } from '../../../src/runtime/aws/clients/attempts';
import { call } from '../../../src/runtime/aws/clients/call';
import { ServiceBusyError, ThrottledError } from '../../../src/runtime/model/errors';
import { stopTime, whileTimePasses } from '../../support/time';

const THROTTLE = { status: 400, type: 'ThrottlingException' };
const FAILURE = { status: 500, type: 'InternalServerException' };
const LOST = undefined;
const STATEMENT = new ExecuteStatementCommand({ Sql: 'SELECT 1', Database: 'dev', WorkgroupName: 'analytics' });

async function thrownBy(action: () => Promise<unknown>): Promise<Error> {
  return action().then(() => { throw new Error('nothing was thrown'); }, (error) => error);
}

/** The error of a call of which each attempt gets the next of these responses. */
async function errorAfter(...responses: ({ status: number; type: string } | undefined)[]): Promise<Error> {
  const rest = [...responses];
  const server = http.createServer((request, response) => {
    const next = rest.shift();
    if (next === undefined) {
      request.socket.destroy();
    } else {
      response.writeHead(next.status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: next.type, message: 'no' }));
    }
  });
  const port = await listen(server);
  const client = watchAttempts(new RedshiftDataClient({
    endpoint: `http://${LOOPBACK}:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: responses.length,
  }));
  try {
    stopTime();
    return await whileTimePasses(thrownBy(async () => call(async () => client.send(STATEMENT))));
  } finally {
    jest.useRealTimers();
    client.destroy();
    await closeServer(server);
    expect(rest).toEqual([]);
  }
}

test('call throws ThrottledError when every attempt was throttled', async () => {
  expect(await errorAfter(THROTTLE, THROTTLE)).toBeInstanceOf(ThrottledError);
});

test.each([
  ['failed with a server error and then throttled', [FAILURE, THROTTLE]],
  ['throttled and then failed with a server error', [THROTTLE, FAILURE]],
  ['throttled after its response was lost', [LOST, THROTTLE]],
])('call throws ServiceBusyError when the attempts were %s', async (_, responses) => {
  const error = await errorAfter(...responses);
  expect(error).toBeInstanceOf(ServiceBusyError);
  expect(error).not.toBeInstanceOf(ThrottledError);
});

function failing(properties: object): Error {
  return Object.assign(new Error('no'), properties);
}

test.each([
  'ActiveSessionsExceededException',
  'ActiveStatementsExceededException',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
])('call throws ThrottledError when the service throws %s', async (name) => {
  expect(await thrownBy(async () => call(async () => { throw failing({ name }); }))).toEqual(new ThrottledError(`${name}: no`));
});

test.each([
  { name: 'InternalServerException' },
  { name: 'TimeoutError' },
  { name: 'Error', code: 'ECONNRESET' },
  { name: 'Unknown', $metadata: { httpStatusCode: 503 } },
])('call throws ServiceBusyError when the service throws %j', async (properties) => {
  const error = await thrownBy(async () => call(async () => { throw failing(properties); }));
  expect(error).toBeInstanceOf(ServiceBusyError);
  expect(error).not.toBeInstanceOf(ThrottledError);
});

test('call does not quote a response that is invalid JSON, because it can contain a row', async () => {
  const error = await thrownBy(async () => call(async () => JSON.parse('{"stringValue":row}') as unknown));
  expect(String(error)).toBe('Error: failed to parse the response of the service');
  expect(error).not.toHaveProperty('cause');
});

test('call throws any other error unchanged', async () => {
  const error = failing({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
  expect(await thrownBy(async () => call(async () => { throw error; }))).toBe(error);
});
