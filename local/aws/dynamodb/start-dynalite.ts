import * as http from 'node:http';
import { ConditionalWrites } from './conditional-writes';
import { DynaliteCalls } from './dynalite-calls';
import { respondDynamoDbError } from './dynamodb-error';
import { ReadWriteLock } from './read-write-lock';
import { Transactions } from './transactions';
import { closeServer, listen, LOOPBACK, readBody } from '../../loopback';
import { respondJson } from '../http';
import type { RunningService } from '../options';

const CONDITIONAL_WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** Starts an emulator of DynamoDB in this process: dynalite, with the transactions and the members of failed conditions that it lacks. */
export async function startDynalite(now: () => number = Date.now): Promise<RunningService> {
  // dynalite stores items as buffers. With a pool, each small buffer retains 8 KB.
  Buffer.poolSize = 0;
  const dynalite = new DynaliteCalls();
  const lock = new ReadWriteLock();
  const transactions = new Transactions(dynalite, now);
  const writes = new ConditionalWrites(dynalite);

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await readBody(request);
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    if (operation === 'TransactWriteItems') {
      respondJson(response, 200, await lock.runExclusive(async () => transactions.write(JSON.parse(body.toString()))));
    } else if (CONDITIONAL_WRITES.includes(operation) && body.includes('"ReturnValuesOnConditionCheckFailure"')) {
      respondJson(response, 200, await lock.runExclusive(async () => writes.write(operation, JSON.parse(body.toString()))));
    } else {
      const { statusCode, headers, body: content } = await lock.runShared(async () => dynalite.send(request, body));
      response.writeHead(statusCode, headers).end(content);
    }
  }

  const server = http.createServer((request, response) => {
    serve(request, response).catch((error) => respondDynamoDbError(response, error));
  });
  return {
    endpoint: `http://${LOOPBACK}:${await listen(server)}`,
    close: async () => closeServer(server),
  };
}
