import { ClientPlayer } from './client-player';
import { testTranscripts, transcript } from './transcript';
import { useClientTests } from '../client/support/client-test';

const tests = useClientTests();

describe('the client library conforms to the transcript', () => {
  testTranscripts('client', async (each) => new ClientPlayer(tests, each).play());
});

describe('a transcript', () => {
  const simpleResult = transcript('simple-result');

  it('fails when the application receives other rows', async () => {
    const application = { $first: { rows: [['2015-01-01', 812]] } };
    await expect(new ClientPlayer(tests, { ...simpleResult, application }).play()).rejects.toThrow('2015-01-02');
  });

  it('fails when the application receives no error', async () => {
    const application = { $first: { error: { code: 'cancelled' } } };
    await expect(new ClientPlayer(tests, { ...simpleResult, application }).play()).rejects.toThrow('cancelled');
  });

  it('fails when the client sends another message', async () => {
    const steps = simpleResult.steps.map((step) => (step.client === undefined ? step : { client: { ...(step.client as object), id: 'chosen' } }));
    await expect(new ClientPlayer(tests, { ...simpleResult, steps }).play()).rejects.toThrow('.id should be "chosen"');
  });
});
