import type { Steps } from '../../local/cli/steps';

/** What a step counts, such as `rounds`, and how many there are. */
export interface Countable {
  readonly unit: string;
  readonly total: number;
}

/** Runs a step that calls `onDone` after each of its units, and shows its progress. */
export async function withProgress<T>(
  steps: Steps, name: string, { unit, total }: Countable, action: (onDone: () => void) => Promise<T>,
): Promise<T> {
  const progress = steps.progress(unit);
  let done = 0;
  return steps.step(name, async () => action(() => progress.update(done += 1, total)).finally(() => progress.stop()));
}
