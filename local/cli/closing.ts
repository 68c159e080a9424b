type Close = () => Promise<void> | void;

/** Ends what was started, the last first: when the work is done, or on Ctrl-C. */
export class Closing {
  private readonly actions: Close[] = [];
  private readonly interrupted = new Promise<void>((resolve) => {
    let signals = 0;
    const onSignal = () => {
      signals += 1;
      if (signals === 1) {
        resolve();
        void this.close().then(() => process.exit(0));
      } else {
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

  public async close(): Promise<void> {
    for (let action = this.actions.pop(); action; action = this.actions.pop()) {
      await action();
    }
  }
}
