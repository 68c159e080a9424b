import { ServerPlayer } from './server-player';
import { playedBy, transcript } from './transcript';
import type { Step, Transcript } from './transcript';

describe('the service plays its part of', () => {
  playedBy('server', async (each) => new ServerPlayer(each).play());
});

describe('a transcript fails that', () => {
  const answer = transcript('simple-answer');
  const said = answer.steps.flatMap((step, index) => (step.server === undefined ? [] : [index]));

  /** The transcript with another step in place of one, or none. */
  function changed(index: number, ...steps: Step[]): Transcript {
    return { ...answer, steps: answer.steps.flatMap((step, at) => (at === index ? steps : [step])) };
  }

  test.each(said)('lacks what the service says in step %i', async (index) => {
    await expect(new ServerPlayer(changed(index)).play()).rejects.toThrow(/should be|said more/);
  });

  test.each(said)('has more in what the service says in step %i', async (index) => {
    const message = { ...(answer.steps[index].server as object), more: 1 };
    await expect(new ServerPlayer(changed(index, { server: message })).play()).rejects.toThrow('should be');
  });

  test.each(said)('has what the service says in step %i twice', async (index) => {
    await expect(new ServerPlayer(changed(index, answer.steps[index], answer.steps[index])).play()).rejects.toThrow('should be');
  });

  test('names another result in its rows', async () => {
    const message = { ...(answer.steps[said[1]].server as object), result: '$first' };
    await expect(new ServerPlayer(changed(said[1], { server: message })).play()).rejects.toThrow('should be "$first');
  });
});
