import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Counts } from './counts';
import { replayCommand, shrink } from './seeds';
import type { Failure } from './seeds';
import type { WorkerMessage, WorkerTask } from './worker';

const HELP = `Lets the runtime live through random scenarios on a virtual clock, and checks the promises of the design.

  npm run simulate -- [--seeds N] [--from S] [--shrink SECONDS] [--counts]

  --seeds N         how many scenarios (default 1000)
  --from S          the seed of the first (default 1)
  --shrink SECONDS  how long to look for the smallest scenario that fails in the same way (default 30)
  --counts          how often what happened
  --help            this text

A seed always gives the same scenario. Ends with 1 when a promise was broken; the first failure is then shown in its smallest form.
`;

const PROGRESS_PAUSE = 1000;

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly shrinkSeconds: number;
  readonly showsCounts: boolean;
}

/** The seeds that are done, and what was found. */
class Progress {
  public readonly failures: Failure[] = [];
  public readonly counts = new Counts();
  private readonly startedAt = Date.now();
  private shownAt = 0;
  private done = 0;

  constructor(private readonly seeds: number) {}

  public handle(message: WorkerMessage): void {
    if ('counts' in message) {
      this.counts.addAll(message.counts);
      return;
    }
    this.done += 1;
    if (message.failure !== undefined) {
      this.failures.push(message.failure);
      process.stderr.write(`${describe(message.failure)}\n`);
    }
    if (Date.now() - this.shownAt > PROGRESS_PAUSE || this.done === this.seeds) {
      this.show();
    }
  }

  private show(): void {
    this.shownAt = Date.now();
    const rate = this.done / Math.max(0.001, (this.shownAt - this.startedAt) / 1000);
    process.stderr.write(`${this.done} of ${this.seeds} seeds, ${rate.toFixed(0)} a second, ${this.failures.length} failed\n`);
  }
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const progress = new Progress(options.seeds);
  const workers = Math.min(availableParallelism(), options.seeds);
  await Promise.all(Array.from({ length: workers }, (_, place) => {
    return runWorker({ first: options.from + place, count: options.seeds - place, step: workers }, progress);
  }));
  if (options.showsCounts) {
    Object.entries(progress.counts.all()).forEach(([what, times]) => process.stdout.write(`${String(times).padStart(10)} ${what}\n`));
  }
  const failures = [...progress.failures].sort((one, other) => one.seed - other.seed);
  if (failures.length > 0) {
    process.exitCode = 1;
    failures.forEach((failure) => process.stdout.write(`${describe(failure)}\n`));
    await showSmallest(failures[0], options.shrinkSeconds);
  }
}

function describe({ seed, broken: [{ promise, what }] }: Failure): string {
  return `seed ${seed}: ${promise}: ${what}`;
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      shrink: { type: 'string', default: '30' },
      counts: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return values.help ? undefined : {
    seeds: wholeNumber('--seeds', values.seeds, 1),
    from: wholeNumber('--from', values.from, 0),
    shrinkSeconds: wholeNumber('--shrink', values.shrink, 0),
    showsCounts: values.counts,
  };
}

function wholeNumber(name: string, string: string, least: number): number {
  const value = Number(string);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${name} ${string} is no whole number from ${least} on`);
  }
  return value;
}

function runWorker(task: WorkerTask, progress: Progress): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = fork(join(__dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] });
    worker.on('message', (message: WorkerMessage) => progress.handle(message));
    worker.on('error', reject);
    worker.on('exit', (code, signal) => code === 0 ? resolve() : reject(new Error(`a worker ended with ${code ?? signal}`)));
    worker.send(task);
  });
}

async function showSmallest(failure: Failure, seconds: number): Promise<void> {
  process.stderr.write(`looking, for at most ${seconds} seconds, for the smallest scenario that fails as seed ${failure.seed} does\n`);
  const { seed, scenario, broken, history } = await shrink(failure, seconds);
  process.stdout.write(`\n${history.join('\n')}\n\nseed ${seed}, made smaller: ${JSON.stringify(scenario, null, 2)}\n\n`);
  broken.forEach(({ promise, what, at }) => process.stdout.write(`${promise} broken after ${at} s: ${what}\n`));
  process.stdout.write(`\nAgain: ${replayCommand(seed)}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
