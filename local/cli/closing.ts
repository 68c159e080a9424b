type Close = () => Promise<void> | void;

/** The terminal, npm and tsx may each pass on one press of Ctrl-C. */
const SAME_PRESS_MS = 500;

/** Ends what was started, the last first: when the work is done, or on Ctrl-C; pressed again, at once. */
export class Closing {
  private readonly actions: Close[] = [];
  private closing?: Promise<void>;
  private readonly interrupted = new Promise<void>((resolve) => {
    let firstAt: number | undefined;
    const onSignal = () => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        resolve();
        void this.close().then(() => process.exit(0));
      } else if (performance.now() - firstAt > SAME_PRESS_MS) {
        process.exit(130);
      }
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });

  public add(action: Close): void {
    this.actions.push(action);
  }

  /** Waits for Ctrl-C. */
  public async untilInterrupted(): Promise<void> {
    await this.interrupted;
  }

  /** Ends everything once, one after the other, however often it is asked. */
  public async close(): Promise<void> {
    this.closing ??= this.closeAll();
    await this.closing;
  }

  private async closeAll(): Promise<void> {
    for (let action = this.actions.pop(); action; action = this.actions.pop()) {
      await action();
    }
  }
}
