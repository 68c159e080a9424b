import { runSeeds, seedsFrom } from './seeds';
import type { Failure } from './seeds';

/** Which seeds a worker takes. */
export interface WorkerTask {
  readonly first: number;
  readonly count: number;
  readonly step: number;
}

/** A message of a worker: a seed is done, or all of them are. */
export type WorkerMessage = { readonly done: 1; readonly failure?: Failure } | { readonly counts: Readonly<Record<string, number>> };

process.on('message', ({ first, count, step }: WorkerTask) => {
  const report = (message: WorkerMessage) => process.send!(message);
  void runSeeds(seedsFrom(first, count, step), (failure) => {
    report({ done: 1, failure });
    return true;
  }).then(({ counts }) => {
    report({ counts });
    process.disconnect();
  });
});
