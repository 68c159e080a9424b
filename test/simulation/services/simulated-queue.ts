import type { Invocations } from './invocations';
import { processJob } from '../../../src/runtime/delivery/process-job';
import type { DelayedJob, Job, RunJob } from '../../../src/runtime/model/jobs';
import type { Queue } from '../../../src/runtime/model/ports';
import type { Services } from '../../../src/runtime/model/services';
import type { World } from '../world';

interface Message {
  readonly name: number;
  readonly body: string;
  isVisible: boolean;
}

const VISIBILITY_TIMEOUT = 360_000;
const SEND_MESSAGE_TIMEOUT = 60_000;
const BATCH_SIZE = 5;
const MAX_CONCURRENCY = 10;
const MAX_DELAY_SECONDS = 900;
/** How long a message takes through the queue, and its function to begin, at most, in milliseconds. */
const LONGEST_TRANSIT = 40;

/** A standard queue that gives batches of its messages to SendMessage: at least once, in no order. */
export class SimulatedQueue implements Queue {
  public readonly deadLetters: string[] = [];
  /** The runs that dead letters were ever about. */
  public readonly runsOfDeadLetters = new Set<string>();
  private readonly messages = new Set<Message>();
  private sent = 0;
  private invocations = 0;
  private pollIsPlanned = false;

  constructor(private readonly world: World, private readonly functions: () => Invocations) {}

  public async send(job: Job, delaySeconds = 0): Promise<void> {
    if (!Number.isInteger(delaySeconds) || delaySeconds < 0 || delaySeconds > MAX_DELAY_SECONDS) {
      this.world.broken('sound', `a message was sent with a delay of ${delaySeconds} seconds; SQS takes whole seconds up to ${MAX_DELAY_SECONDS}`);
    }
    const nth = this.sent;
    this.sent += 1;
    this.add(job, delaySeconds * 1000);
    for (const copy of this.world.scenario.copies.filter((planned) => planned.nth === nth)) {
      this.world.counts.add('message delivered twice');
      this.add(job, delaySeconds * 1000 + copy.after);
    }
  }

  public async sendAll(jobs: readonly DelayedJob[]): Promise<void> {
    await Promise.all(jobs.map(({ job, delaySeconds }) => this.send(job, delaySeconds)));
  }

  /** Messages that are neither deleted nor dead letters. */
  public get depth(): number {
    return this.messages.size;
  }

  /** Sends the dead letters back, as an operator would; returns how many. */
  public replay(): number {
    const letters = this.deadLetters.splice(0);
    for (const body of letters) {
      this.add(JSON.parse(body) as Job, 0);
    }
    return letters.length;
  }

  public addDeadLetter(body: string): void {
    this.deadLetters.push(body);
    this.runsOfDeadLetters.add((JSON.parse(body) as Partial<RunJob>).run ?? '');
    this.world.counts.add('dead letter');
    this.world.history.add(() => `dead letter: ${body}`);
  }

  private add(job: Job, delay: number): void {
    const { clock, random, history } = this.world;
    const message: Message = { name: this.messages.size + this.sent, body: JSON.stringify(job), isVisible: false };
    this.messages.add(message);
    history.add(() => `queue takes ${message.body} for ${delay} ms`);
    clock.after(delay + random.between(0, LONGEST_TRANSIT), () => this.show(message));
  }

  private show(message: Message): void {
    if (this.messages.has(message)) {
      message.isVisible = true;
      this.planPoll();
    }
  }

  private planPoll(): void {
    if (!this.pollIsPlanned) {
      this.pollIsPlanned = true;
      this.world.clock.after(this.world.random.between(1, LONGEST_TRANSIT), () => {
        this.pollIsPlanned = false;
        this.poll();
      });
    }
  }

  private poll(): void {
    let visible = this.world.random.shuffled([...this.messages].filter(({ isVisible }) => isVisible));
    while (visible.length > 0 && this.invocations < MAX_CONCURRENCY) {
      const size = this.world.random.between(1, BATCH_SIZE);
      const batch = visible.slice(0, size);
      batch.forEach((message) => this.receive(message));
      visible = visible.slice(size);
      this.process(batch);
    }
  }

  private receive(message: Message): void {
    message.isVisible = false;
    this.world.clock.after(VISIBILITY_TIMEOUT, () => this.show(message));
  }

  private process(batch: readonly Message[]): void {
    this.invocations += 1;
    this.world.history.add(() => `a batch: ${batch.map(({ body }) => body).join(' ')}`);
    const work = (services: Services, deadline: number) => Promise.all(batch.map((message) => this.isDone(services, message, deadline)));
    this.functions().run('SendMessage', SEND_MESSAGE_TIMEOUT, work, (how) => {
      this.invocations -= 1;
      if (how.state === 'returned') {
        batch.filter((_, place) => how.value[place]).forEach((message) => this.messages.delete(message));
      }
      this.planPoll();
    });
  }

  private async isDone(services: Services, { body }: Message, deadline: number): Promise<boolean> {
    try {
      await processJob(services, JSON.parse(body) as Job, deadline);
      return true;
    } catch (error) {
      this.world.history.add(() => `a message is returned: ${body} ${String(error)}`);
      return false;
    }
  }
}
