import { SingleBar } from 'cli-progress';

/** Says on standard error what is being done and how long it took. */
export class Steps {
  constructor(private readonly stream: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr) {}

  /** Does one step; `describe` turns its result into the words that stay. */
  public async step<T>(doing: string, action: () => Promise<T>, describe: (result: T) => string = () => doing): Promise<T> {
    const startedAt = performance.now();
    const live = this.stream.isTTY === true;
    if (live) {
      this.stream.write(`  … ${doing}`);
    }
    const clear = live ? '\r\x1b[2K' : '';
    try {
      const result = await action();
      this.stream.write(`${clear}  ✓ ${describe(result)} ${seconds(performance.now() - startedAt)}\n`);
      return result;
    } catch (error) {
      this.stream.write(`${clear}  ✗ ${doing}\n`);
      throw error;
    }
  }

  public say(line = ''): void {
    this.stream.write(`${line}\n`);
  }

  /** A bar for something with a known end, drawn only where someone may be watching; elsewhere a line at each tenth. */
  public progress(unit: string): Progress {
    return this.stream.isTTY ? barProgress(unit, this.stream) : lineProgress(unit, this.stream);
  }
}

export interface Progress {
  /** While the end is not known, there is no total and nothing is drawn. */
  update(done: number, total?: number): void;
  stop(): void;
}

function barProgress(unit: string, stream: NodeJS.WritableStream): Progress {
  const bar = new SingleBar({ format: `\r    {bar} {percentage}% of {total} ${unit}, {eta} s left`, hideCursor: true, clearOnComplete: true, stream });
  let started = false;
  return {
    update: (done, total) => {
      if (total === undefined) {
        return;
      }
      if (!started) {
        bar.start(total, 0);
        started = true;
      }
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(unit: string, stream: NodeJS.WritableStream): Progress {
  let tenth = 0;
  return {
    update: (done, total) => {
      const reached = total ? Math.floor((done / total) * 10) : 0;
      if (total && reached > tenth) {
        tenth = reached;
        stream.write(`    ${reached * 10}% of ${total.toLocaleString('en-US')} ${unit}\n`);
      }
    },
    stop: () => undefined,
  };
}

function seconds(milliseconds: number): string {
  return `(${(milliseconds / 1000).toFixed(1)} s)`;
}
