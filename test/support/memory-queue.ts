import type { Job } from '../../src/runtime/jobs';
import type { Queue } from '../../src/runtime/ports';

/** How often a job may fail before it is put aside, and how long it is hidden each time: what the construct sets. */
export const MAXIMUM_RECEIVES = 5;
const VISIBILITY_SECONDS = 90;

/** A job as the queue has it. */
export interface Received {
  readonly job: Job;
  readonly delaySeconds: number;
  /** When it can be received, in milliseconds. */
  readonly at: number;
  /** How often it was received. */
  readonly receives: number;
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
    this.add(JSON.parse(JSON.stringify(job)), delaySeconds, 0);
  }

  public async sendAll(jobs: readonly Job[]): Promise<void> {
    for (const job of jobs) {
      await this.send(job);
    }
  }

  /** Takes the next job off the queue. */
  public receive(): Received {
    const next = this.waiting.shift();
    if (!next) {
      throw new Error('the queue is empty');
    }
    return { ...next, receives: next.receives + 1 };
  }

  /** Gives back a job whose function failed or died; one that failed too often becomes a dead letter. */
  public giveBack({ job, receives }: Received): void {
    if (receives >= MAXIMUM_RECEIVES) {
      this.deadLetters.push(job);
    } else {
      this.add(job, VISIBILITY_SECONDS, receives);
    }
  }

  private add(job: Job, delaySeconds: number, receives: number): void {
    this.waiting.push({ job, delaySeconds, at: this.now() + delaySeconds * 1000, receives });
    this.waiting.sort((one, other) => one.at - other.at);
  }
}
