import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..', '..');

/** What a run of the command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start -- ...` without npm: the same file with the same words. */
export class Command {
  public stdout = '';
  public stderr = '';
  private readonly child: ChildProcess;
  private readonly finished: Promise<Finished>;

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, ['--import', require.resolve('tsx'), path.join(PROJECT, 'local', 'main.ts'), ...words], { cwd: PROJECT });
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

  /** Waits until the command has written something to standard error. Fails when it ends before. */
  public async says(text: string): Promise<void> {
    while (!this.stderr.includes(text)) {
      const more = once(this.child.stderr!, 'data');
      const { code } = await Promise.race([more.then(() => ({ code: undefined })), this.finished]);
      if (code !== undefined && !this.stderr.includes(text)) {
        throw new Error(`ended with ${code} without saying '${text}':\n${this.stderr}`);
      }
    }
  }

  /** Presses Ctrl-C. */
  public interrupt(): void {
    this.child.kill('SIGINT');
  }

  /** Ends it in any case. */
  public async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.finished;
  }
}

export async function runCommand(...words: string[]): Promise<Finished> {
  return new Command(...words).end();
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
