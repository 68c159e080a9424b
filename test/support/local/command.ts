import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..', '..');

/** The result of a command. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm start -- ...` without npm. */
export class Command {
  public stdout = '';
  public stderr = '';
  private readonly child: ChildProcess;
  private readonly finished: Promise<Finished>;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, ['--import', require.resolve('tsx'), path.join(PROJECT, 'local', 'main.ts'), ...args], { cwd: PROJECT });
    this.child.stdout!.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.finished = once(this.child, 'close').then(([code]) => ({ code, stdout: this.stdout, stderr: this.stderr }));
  }

  public async end(): Promise<Finished> {
    return this.finished;
  }

  /** Waits until the command has printed a string to standard error. Throws if the command exits before. */
  public async untilPrinted(expected: string): Promise<void> {
    while (!this.stderr.includes(expected)) {
      const more = once(this.child.stderr!, 'data');
      const { code } = await Promise.race([more.then(() => ({ code: undefined })), this.finished]);
      if (code !== undefined && !this.stderr.includes(expected)) {
        throw new Error(`exited with code ${code} without printing '${expected}':\n${this.stderr}`);
      }
    }
  }

  /** Presses Ctrl-C. */
  public interrupt(): void {
    this.child.kill('SIGINT');
  }

  /** Kills the command. */
  public async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.finished;
  }
}

export async function runCommand(...args: string[]): Promise<Finished> {
  return new Command(...args).end();
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
