import type { SendMessageBatchRequest, SendMessageRequest } from '@aws-sdk/client-sqs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { RunningService } from '../../local/aws';
import { startDynalite } from '../../local/aws/dynamodb/start-dynalite';
import { loadFunction, STATEMENT_TARGETS } from '../support/handler-environment';
import { ObjectServer } from '../support/local/object-server';
import { createTable, documentClient } from '../support/local/table-emulator';
import { recordSent } from '../support/valid-messages';

export const REQUEST = { connectionId: 'c1=', connectedAt: Date.now(), requestTimeEpoch: Date.now(), routeKey: '$default' };
export const CONTEXT = { getRemainingTimeInMillis: () => 60_000 };

const [{ environment }] = STATEMENT_TARGETS;
const originalEnvironment = process.env;

type LoadedFunction = ReturnType<HandlerFixture['load']>;

/** The table, the bucket and the log of the functions in a test file. Each test has its own table. */
export class HandlerFixture {
  /** The lines that the functions have logged in the test. */
  public logged: string[] = [];
  public objects!: ObjectServer;
  private emulator!: RunningService;
  private documents!: DynamoDBDocumentClient;
  private tables = 0;
  private services: Record<string, string> = {};

  constructor() {
    beforeAll(async () => {
      this.emulator = await startDynalite();
      this.objects = await ObjectServer.start();
      this.documents = documentClient(this.emulator.endpoint);
    });

    afterAll(async () => {
      this.documents.destroy();
      await this.objects.close();
      await this.emulator.close();
    });

    beforeEach(async () => {
      const TABLE_NAME = `table-${this.tables += 1}`;
      await createTable(this.documents, TABLE_NAME);
      this.services = { TABLE_NAME, AWS_ENDPOINT_URL_DYNAMODB: this.emulator.endpoint, AWS_ENDPOINT_URL_S3: this.objects.endpoint };
      this.logged = [];
      jest.spyOn(console, 'log').mockImplementation((line) => void this.logged.push(line));
    });

    afterEach(() => {
      process.env = originalEnvironment;
      jest.restoreAllMocks();
    });
  }

  /** Loads a function that uses the table and the bucket of the test; its calls to the other services are mocked. */
  public load(entry: string, variables: Record<string, string> = environment) {
    const loaded = loadFunction(entry, { ...variables, ...this.services });
    const { connections, PostToConnectionCommand, queue, statementApi, ExecuteStatementCommand } = loaded;
    const inputs = (): SendMessageRequest[] => queue.calls().flatMap(({ args: [{ input }] }) => {
      const { QueueUrl, Entries } = input as SendMessageBatchRequest;
      return Entries?.map(({ MessageBody, DelaySeconds }) => ({ QueueUrl, MessageBody, DelaySeconds })) ?? [input as SendMessageRequest];
    });
    const sentTo = (queueUrl: string) => inputs().filter(({ QueueUrl }) => QueueUrl === queueUrl);
    return {
      ...loaded,
      posted: (): any[] => connections.commandCalls(PostToConnectionCommand).map(({ args: [{ input }] }) => {
        recordSent(String(input.Data));
        return JSON.parse(String(input.Data));
      }),
      started: () => statementApi.commandCalls(ExecuteStatementCommand).map(({ args: [{ input }] }) => input),
      sent: () => sentTo(variables.QUEUE_URL).map((input) => {
        return { queueUrl: input.QueueUrl, delaySeconds: input.DelaySeconds, job: JSON.parse(input.MessageBody!) };
      }),
      deadLetters: () => sentTo(variables.DEAD_LETTER_QUEUE_URL).map(({ MessageBody }) => MessageBody),
    };
  }

  /** Submits a query in a message, and returns its result. */
  public async submit({ handler, posted }: Pick<LoadedFunction, 'handler' | 'posted'> = this.load('on-message'), message: object = {}): Promise<string> {
    const body = JSON.stringify({ type: 'query', id: 'a', parameters: { trip_month: '2015-01' }, ...message });
    expect(await handler({ requestContext: REQUEST, body }, CONTEXT)).toEqual({ statusCode: 200 });
    return posted().filter(({ type }) => type === 'accepted').at(-1)?.result;
  }

  public async storedItems(): Promise<Record<string, unknown>[]> {
    return (await this.documents.send(new ScanCommand({ TableName: this.services.TABLE_NAME }))).Items ?? [];
  }

  public async storedKeys(): Promise<string[]> {
    return (await this.storedItems()).map(({ partitionKey, sortKey }) => `${partitionKey} ${sortKey}`).sort();
  }
}

/** The event of `$connect` with the claims of a token, which expires after `lives` seconds. */
export function connectEvent(claims: object, { lives = 3600, ...more }: { lives?: number } & Record<string, unknown> = {}): object {
  const authorizer = { principalId: 'ann', claims: JSON.stringify(claims), expiresAt: String(Math.floor(Date.now() / 1000) + lives) };
  return { requestContext: { ...REQUEST, routeKey: '$connect', authorizer }, ...more };
}

/** A message of the queue. By default, throttled invocations have received it often. */
export function record(body: string, messageId = 'm1', receiveCount = 500) {
  return { messageId, body, attributes: { ApproximateReceiveCount: String(receiveCount) } };
}

/** The event that the rule sends to the queue when the statement of a run has ended. */
export function ended(run: string, statementId = 's1'): string {
  return JSON.stringify({
    'source': 'aws.redshift-data',
    'detail-type': 'Redshift Data Statement Status Change',
    'detail': { statementName: `Stack/c8/${run}`, statementId, state: 'FINISHED' },
  });
}

export function failing(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}
