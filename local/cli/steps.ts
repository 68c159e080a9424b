import { SingleBar } from 'cli-progress';

/** Prints each step and its duration to standard error. */
export class Steps {
  constructor(private readonly stream: NodeJS.WritableStream & { isTTY?: boolean } = process.stderr) {}

  /** Runs a step. `describe` returns the line that replaces the name of the step when it is finished. */
  public async step<T>(name: string, action: () => Promise<T>, describe: (result: T) => string = () => name): Promise<T> {
    const startedAt = performance.now();
    const live = this.stream.isTTY === true;
    if (live) {
      this.stream.write(`  … ${name}`);
    }
    const clear = live ? '\r\x1b[2K' : '';
    try {
      const result = await action();
      this.stream.write(`${clear}  ✓ ${describe(result)} ${seconds(performance.now() - startedAt)}\n`);
      return result;
    } catch (error) {
      this.stream.write(`${clear}  ✗ ${name}\n`);
      throw error;
    }
  }

  public writeLine(line = ''): void {
    this.stream.write(`${line}\n`);
  }

  /** A progress bar on a terminal; elsewhere, one line for each 10%. */
  public progress(unit: string): Progress {
    return this.stream.isTTY ? barProgress(unit, this.stream) : lineProgress(unit, this.stream);
  }
}

export interface Progress {
  /** Without a total, nothing is printed. */
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
