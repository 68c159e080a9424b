import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { CLIENTS } from './functions';
import type { BundledFunction, Client } from './functions';
import { PROJECT } from '../../local/cli/project';
import { DEFINITIONS_MODULE } from '../../src/shared/query-definitions';

interface Tasks {
  readonly tasks: Readonly<Record<string, { readonly steps: readonly { readonly execArgs: readonly string[] }[] }>>;
}

/** The bundles of a function, and of the bare clients that it needs. */
export interface Bundles {
  readonly own: string;
  readonly bare: string;
}

/** Writes a bundle that only creates the clients of a function, with the options of the function's own bundle. */
export function bundleClients({ name, clients }: BundledFunction, directory: string): Bundles {
  const entry = path.join(directory, `${name}.ts`);
  fs.writeFileSync(entry, sourceOf(clients));
  const bare = path.join(directory, `${name}.js`);
  const { execArgs: [command, ...args] } = readTask(name);
  // The entry isn't in the project, but the packages of the clients are.
  const { status, stderr } = spawnSync('npx', ['--no-install', command, ...replaceFiles(args, entry, bare)],
    { cwd: PROJECT, env: { ...process.env, NODE_PATH: path.join(PROJECT, 'node_modules') }, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`the clients of ${name} can't be bundled:\n${stderr}`);
  }
  return { own: path.join(PROJECT, 'assets', 'functions', `${name}.lambda`, 'index.js'), bare };
}

/** Writes the module of the layer, without queries. Returns the directory in which Node.js finds it. */
export function writeDefinitions(directory: string): string {
  const module = path.join(directory, DEFINITIONS_MODULE);
  fs.mkdirSync(module, { recursive: true });
  fs.writeFileSync(path.join(module, 'index.json'), '{}');
  fs.writeFileSync(path.join(module, 'package.json'), JSON.stringify({ name: DEFINITIONS_MODULE, main: 'index.json' }));
  return directory;
}

export function sourceOf(clients: readonly Client[]): string {
  return clients.map((client) => `import { ${client} } from '${CLIENTS[client]}';\nexport const new${client} = new ${client}({});\n`).join('');
}

/** Replaces the entry and the output of a command of esbuild. Throws if it has none. */
export function replaceFiles(args: readonly string[], entry: string, output: string): string[] {
  const replaced = args.map((arg) => {
    if (arg.endsWith('.lambda.ts')) {
      return entry;
    }
    return arg.startsWith('--outfile=') ? `--outfile=${output}` : arg;
  });
  if (!replaced.includes(entry) || !replaced.includes(`--outfile=${output}`)) {
    throw new Error(`the command has no entry or no output: ${args.join(' ')}`);
  }
  return replaced;
}

function readTask(name: string): Tasks['tasks'][string]['steps'][number] {
  const { tasks } = JSON.parse(fs.readFileSync(path.join(PROJECT, '.projen', 'tasks.json'), 'utf8')) as Tasks;
  return tasks[`bundle:functions/${name}.lambda`].steps[0];
}
