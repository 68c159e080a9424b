import { spawn } from 'node:child_process';

/** Runs a command. Throws an error with the output of the command if it fails. */
export async function runCommand(command: string, options: { cwd: string; env?: Record<string, string> }): Promise<void> {
  const child = spawn(command, { shell: true, cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) {
    throw new Error(`"${command}" exited with code ${code}:\n${Buffer.concat(chunks).toString().trim()}`);
  }
}
