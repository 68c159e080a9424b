import { beforeEvery } from './interventions';
import type { CallOf } from './interventions';

/** Holds the calls of ports in rounds: the calls that wait for their response at the same time end together, as calls of equal duration do. */
export class CallRounds {
  /** The names of the calls in each round. The rounds are the calls that had to be made one after the other. */
  public readonly rounds: string[][] = [];
  private isOver = false;
  private waiting: { readonly name: string; readonly end: () => void }[] = [];

  public get count(): number {
    return this.rounds.length;
  }

  /** The most calls of a round. */
  public get mostCalls(): number {
    return Math.max(0, ...this.rounds.map((calls) => calls.length));
  }

  public watch<T extends object>(port: T, ...methods: CallOf<T>[]): void {
    methods.forEach((method) => beforeEvery(port, method, async () => {
      if (!this.isOver) {
        await new Promise<void>((resolve) => void this.waiting.push({ name: method, end: resolve }));
      }
    }));
  }

  /** Ends rounds until some work has ended. */
  public async endAll(work: Promise<unknown>): Promise<void> {
    this.isOver = false;
    const end = () => void (this.isOver = true);
    work.then(end, end);
    while (!this.isOver) {
      await new Promise((resolve) => void setImmediate(resolve));
      this.endRound();
    }
    await work;
  }

  private endRound(): void {
    const calls = this.waiting.splice(0);
    if (calls.length > 0) {
      this.rounds.push(calls.map(({ name }) => name));
    }
    calls.forEach(({ end }) => end());
  }
}
