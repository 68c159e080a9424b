import { ServerPlayer } from './server-player';
import { testTranscripts, transcript } from './transcript';
import type { Step, Transcript } from './transcript';

describe('the service conforms to the transcript', () => {
  testTranscripts('server', async (each) => new ServerPlayer(each).play());
});

describe('ServerPlayer', () => {
  const simpleResult = transcript('simple-result');
  const serverSteps = simpleResult.steps.flatMap((step, index) => (step.server === undefined ? [] : [index]));

  /** The transcript with another step in place of one, or none. */
  function changed(index: number, ...steps: Step[]): Transcript {
    return { ...simpleResult, steps: simpleResult.steps.flatMap((step, at) => (at === index ? steps : [step])) };
  }

  it.each(serverSteps)('fails when the transcript lacks the server message of step %i', async (index) => {
    await expect(new ServerPlayer(changed(index)).play()).rejects.toThrow(/should be|sent more/);
  });

  it.each(serverSteps)('fails when the server message of step %i has an additional field', async (index) => {
    const message = { ...(simpleResult.steps[index].server as object), more: 1 };
    await expect(new ServerPlayer(changed(index, { server: message })).play()).rejects.toThrow('should be');
  });

  it.each(serverSteps)('fails when the server message of step %i occurs twice', async (index) => {
    await expect(new ServerPlayer(changed(index, simpleResult.steps[index], simpleResult.steps[index])).play()).rejects.toThrow('should be');
  });

  it('fails when the rows have another result', async () => {
    const message = { ...(simpleResult.steps[serverSteps[1]].server as object), result: '$first' };
    await expect(new ServerPlayer(changed(serverSteps[1], { server: message })).play()).rejects.toThrow('should be "$first');
  });
});
