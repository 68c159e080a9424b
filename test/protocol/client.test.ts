import { ClientPlayer } from './client-player';
import { playedBy, transcript } from './transcript';
import { useClientTests } from '../client/use-client';

const tests = useClientTests();

describe('the client library plays its part of', () => {
  playedBy('client', async (each) => new ClientPlayer(tests, each).play());
});

describe('a transcript fails whose', () => {
  const answer = transcript('simple-answer');

  test('application sees other rows', async () => {
    const application = { $first: { rows: [['2015-01-01', 812]] } };
    await expect(new ClientPlayer(tests, { ...answer, application }).play()).rejects.toThrow('2015-01-02');
  });

  test('application sees an error', async () => {
    const application = { $first: { error: { code: 'cancelled' } } };
    await expect(new ClientPlayer(tests, { ...answer, application }).play()).rejects.toThrow('cancelled');
  });

  test('client says something else', async () => {
    const steps = answer.steps.map((step) => (step.client === undefined ? step : { client: { ...(step.client as object), id: 'chosen' } }));
    await expect(new ClientPlayer(tests, { ...answer, steps }).play()).rejects.toThrow('.id should be "chosen"');
  });
});
