import type { Steps } from '../../local/cli/steps';

/** Runs a step that calls `onQuery` for each of its queries, and shows its progress. */
export async function withProgress<T>(steps: Steps, name: string, queries: number, action: (onQuery: () => void) => Promise<T>): Promise<T> {
  const progress = steps.progress('queries');
  let done = 0;
  return steps.step(name, async () => action(() => progress.update(done += 1, queries)).finally(() => progress.stop()));
}
