import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..', '..');

interface Tasks {
  readonly tasks: Readonly<Record<string, { readonly steps: readonly { readonly execArgs?: readonly string[] }[] }>>;
}

/** The folders of the packages in the bundles of the functions, according to the bundling tasks. */
export function bundledPackages(): string[] {
  const { tasks } = JSON.parse(fs.readFileSync(path.join(PROJECT, '.projen', 'tasks.json'), 'utf8')) as Tasks;
  const commands = Object.entries(tasks).filter(([name]) => /^bundle:.*\.lambda$/.test(name)).map(([, { steps }]) => steps[0].execArgs!);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bundles-'));
  try {
    const inputs = commands.flatMap((command) => inputsOf(command, directory));
    return [...new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))].sort();
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** The name and the version of a package in a folder. */
export function nameOf(folder: string): string {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(PROJECT, folder, 'package.json'), 'utf8')) as { name: string; version: string };
  return `${name}@${version}`;
}

/** The inputs of a bundle, according to esbuild. */
function inputsOf([, ...options]: readonly string[], directory: string): string[] {
  const metafile = path.join(directory, 'meta.json');
  const others = options.filter((option) => !option.startsWith('--outfile'));
  execFileSync(path.join(PROJECT, 'node_modules', '.bin', 'esbuild'), [...others, `--outfile=${path.join(directory, 'index.js')}`, `--metafile=${metafile}`, '--log-level=error'],
    { cwd: PROJECT });
  const { outputs } = JSON.parse(fs.readFileSync(metafile, 'utf8')) as { outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> };
  return Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
}
