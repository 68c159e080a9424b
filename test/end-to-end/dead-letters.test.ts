import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { startDynalite } from '../../local/aws/dynamodb/start-dynalite';
import { eventually } from '../support/eventually';
import { emptyDatabase } from '../support/local/empty-database';
import { eventuallyAfterDelays } from '../support/local/eventually-after-delays';
import { HeldEngine } from '../support/local/held-engine';
import { interpose, serviceError } from '../support/local/interposed-service';
import { startLocalApplication } from '../support/local/local-application';
import { WebSocketClient } from '../support/local/web-socket-client';

const SECRET = 'a confidential value';

describe('dead letters of the local application', () => {
  it('deliver the complete result once when they are moved back after the table was missing', async () => {
    let isGone = false;
    const engine = new HeldEngine(await emptyDatabase());
    const letRun = engine.hold();
    const application = await startLocalApplication(
      { Series: ['SELECT n, CAST(:text AS VARCHAR(40)) AS text FROM generate_series(1, 3000) AS s(n) ORDER BY n', 'text'] },
      engine,
      {
        dynamoDb: async () => interpose(await startDynalite(), async ({ target, forward }) => {
          // Only the emulator itself scans, to delete expired items.
          return isGone && !target.endsWith('.Scan') ? serviceError('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'Requested resource not found') : forward();
        }),
      },
    );
    const { SeriesDeadLetterQueueArn: SourceArn, SeriesDeliveryQueueArn: DestinationArn } = application.aws.outputs;
    const client = await WebSocketClient.connect(application.url('Series'));
    const sqs = new SQSClient({ endpoint: application.aws.endpoints.sqs, region: 'us-east-1', credentials: application.aws.credentials });
    try {
      client.submit('a', { text: SECRET });
      await eventually(async () => expect(JSON.stringify(await application.items('Series'))).toContain('"statementId"'));
      isGone = true;
      letRun();
      await eventuallyAfterDelays(application.aws, () => expect(application.aws.deadLetters().map(({ body }) => body)).toContainEqual(expect.stringContaining('statementId')));
      expect(application.aws.deadLetters().filter(({ body }) => body.includes(SECRET))).toEqual([]);
      expect(client.messages.filter((message) => 'result' in message).map(({ type }) => type)).toEqual(['accepted']);
      isGone = false;
      await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
      const { rows, terminalMessage } = await client.waitForResult('a');
      expect(terminalMessage).toMatchObject({ type: 'complete', rows: 3000 });
      expect(rows).toEqual(Array.from({ length: 3000 }, (_, index) => [index + 1, SECRET]));
      await eventually(async () => expect(await application.unfinishedRequests('Series')).toEqual([]));
      expect(client.messages.filter((message) => (message.type === 'complete' || message.type === 'error') && message.result !== undefined)).toHaveLength(1);
    } finally {
      sqs.destroy();
      await client.close();
      await application.close();
      await engine.close();
    }
  });
});
