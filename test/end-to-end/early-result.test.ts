import { startRedshiftData } from '../../local/redshift/data-api/redshift-data';
import { emptyDatabase } from '../support/local/empty-database';
import { interpose } from '../support/local/interposed-service';
import { startLocalApplication } from '../support/local/local-application';
import { WebSocketClient } from '../support/local/web-socket-client';

describe('early result', () => {
  it('arrives complete, after accepted, when its event comes before $connect returns', async () => {
    let letConnect = () => {};
    const hasEnded = new Promise<void>((resolve) => {
      letConnect = resolve;
    });
    const engine = await emptyDatabase();
    const application = await startLocalApplication({ Now: ['SELECT 1 AS n'] }, engine, {
      // OnConnect receives the response of ExecuteStatement only when the event of the ended statement is already in the queue.
      redshiftData: async (context) => interpose(await startRedshiftData(context, { engine }), async ({ target, forward }) => {
        const response = await forward();
        if (target === 'RedshiftData.ExecuteStatement') {
          await hasEnded;
        }
        return response;
      }),
      trace: (event) => {
        if (event.kind === 'event') {
          letConnect();
        }
      },
    });
    try {
      const client = await WebSocketClient.connect(`${application.url('Now')}?query=default`);
      const { types, rows } = await client.waitForResult('connect');
      expect(types).toEqual(['accepted', 'rows', 'complete']);
      expect(rows).toEqual([[1]]);
      await client.close();
    } finally {
      await application.close();
      await engine.close();
    }
  });
});
