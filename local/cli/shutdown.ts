type Action = () => Promise<void> | void;

/** The terminal, npm and tsx can each forward the signal of one Ctrl-C. */
const SAME_SIGNAL_MS = 500;

/** Closes resources in the reverse order of their start: at the end of the program or on Ctrl-C. A second Ctrl-C exits immediately. */
export class Shutdown {
  private readonly actions: Action[] = [];
  private running?: Promise<void>;
  private readonly interrupted = new Promise<void>((resolve) => {
    let firstAt: number | undefined;
    const onSignal = () => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        resolve();
        void this.run().then(() => process.exit(0));
      } else if (performance.now() - firstAt > SAME_SIGNAL_MS) {
        process.exit(130);
      }
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });

  /** Adds an action that closes a resource. */
  public add(action: Action): void {
    this.actions.push(action);
  }

  /** Waits for Ctrl-C. */
  public async untilInterrupted(): Promise<void> {
    await this.interrupted;
  }

  /** Runs all actions once. */
  public async run(): Promise<void> {
    this.running ??= this.runAll();
    await this.running;
  }

  private async runAll(): Promise<void> {
    for (let action = this.actions.pop(); action; action = this.actions.pop()) {
      await action();
    }
  }
}
