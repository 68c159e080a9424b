import { ServerPlayer } from './server-player';
import { playedBy, transcript } from './transcript';
import type { Step, Transcript } from './transcript';

describe('the service conforms to the transcript', () => {
  playedBy('server', async (each) => new ServerPlayer(each).play());
});

describe('ServerPlayer', () => {
  const answer = transcript('simple-answer');
  const said = answer.steps.flatMap((step, index) => (step.server === undefined ? [] : [index]));

  /** The transcript with another step in place of one, or none. */
  function changed(index: number, ...steps: Step[]): Transcript {
    return { ...answer, steps: answer.steps.flatMap((step, at) => (at === index ? steps : [step])) };
  }

  it.each(said)('fails when the transcript lacks the server message of step %i', async (index) => {
    await expect(new ServerPlayer(changed(index)).play()).rejects.toThrow(/should be|said more/);
  });

  it.each(said)('fails when the server message of step %i has an additional field', async (index) => {
    const message = { ...(answer.steps[index].server as object), more: 1 };
    await expect(new ServerPlayer(changed(index, { server: message })).play()).rejects.toThrow('should be');
  });

  it.each(said)('fails when the server message of step %i occurs twice', async (index) => {
    await expect(new ServerPlayer(changed(index, answer.steps[index], answer.steps[index])).play()).rejects.toThrow('should be');
  });

  it('fails when the rows have another result', async () => {
    const message = { ...(answer.steps[said[1]].server as object), result: '$first' };
    await expect(new ServerPlayer(changed(said[1], { server: message })).play()).rejects.toThrow('should be "$first');
  });
});
