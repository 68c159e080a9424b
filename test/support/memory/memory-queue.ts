import type { DelayedJob, Job } from '../../../src/runtime/model/jobs';
import type { Queue } from '../../../src/runtime/model/ports';

/** Visibility timeout of the queue, as the construct sets it. */
const VISIBILITY_SECONDS = 360;

/** A job as the queue has it. */
export interface Received {
  readonly job: Job;
  readonly delaySeconds: number;
  /** When it can be received, in milliseconds. */
  readonly at: number;
}

/** The delivery queue in memory, the jobs in the order in which they come. */
export class MemoryQueue implements Queue {
  public readonly waiting: Received[] = [];
  public readonly deadLetters: Job[] = [];

  /** `now` gives milliseconds since the epoch. */
  constructor(private readonly now: () => number) {}

  public get jobs(): Job[] {
    return this.waiting.map(({ job }) => job);
  }

  public async send(job: Job, delaySeconds = 0): Promise<void> {
    this.add(JSON.parse(JSON.stringify(job)), delaySeconds);
  }

  public async sendAll(jobs: readonly DelayedJob[]): Promise<void> {
    jobs.forEach(({ job, delaySeconds = 0 }) => this.add(JSON.parse(JSON.stringify(job)), delaySeconds));
  }

  /** Removes the next job from the queue. */
  public receive(): Received {
    const next = this.waiting.shift();
    if (!next) {
      throw new Error('the queue is empty');
    }
    return next;
  }

  /** Returns the job of a crashed function to the queue. */
  public returnJob({ job }: Received): void {
    this.add(job, VISIBILITY_SECONDS);
  }

  private add(job: Job, delaySeconds: number): void {
    this.waiting.push({ job, delaySeconds, at: this.now() + delaySeconds * 1000 });
    this.waiting.sort((one, other) => one.at - other.at);
  }
}
