import { beforeEvery } from './interventions';
import type { CallOf } from './interventions';

/** Holds the calls of ports in rounds: the calls that wait for their response at the same time end together, as calls of equal duration do. */
export class CallRounds {
  /** How many rounds there were: the calls that had to be made one after the other. */
  public count = 0;
  /** The most calls of a round. */
  public mostCalls = 0;
  private isOver = false;
  private waiting: (() => void)[] = [];

  public watch<T extends object>(port: T, ...methods: CallOf<T>[]): void {
    methods.forEach((method) => beforeEvery(port, method, async () => {
      if (!this.isOver) {
        await new Promise<void>((resolve) => void this.waiting.push(resolve));
      }
    }));
  }

  /** Ends rounds until some work has ended. */
  public async endAll(work: Promise<unknown>): Promise<void> {
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
    this.count += calls.length > 0 ? 1 : 0;
    this.mostCalls = Math.max(this.mostCalls, calls.length);
    calls.forEach((end) => end());
  }
}
