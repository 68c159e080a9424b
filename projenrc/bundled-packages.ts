import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { bundleClient, CLIENT_ENTRY_POINTS } from './client-bundle';

const PROJECT = path.resolve(__dirname, '..');

interface Tasks {
  readonly tasks: Readonly<Record<string, { readonly steps: readonly { readonly execArgs?: readonly string[] }[] }>>;
}

/** Part of esbuild's metafile: the number of bytes of each file in the bundles. */
export interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>>;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** A package with code in a bundle. */
export interface BundledPackage {
  /** Name and version. */
  readonly id: string;
  /** SPDX expression of the license in `package.json`; `unknown` if the package declares none. */
  readonly license: string;
  readonly folder: string;
}

/** Returns the folders of the packages in the bundles of the functions, according to the bundling tasks. */
export function packagesOfFunctions(): string[] {
  const { tasks } = JSON.parse(fs.readFileSync(path.join(PROJECT, '.projen', 'tasks.json'), 'utf8')) as Tasks;
  const commands = Object.entries(tasks).filter(([name]) => /^bundle:.*\.lambda$/.test(name)).map(([, { steps }]) => steps[0].execArgs!);
  // The functions have the same options, so that one run of esbuild bundles all of them.
  const options = new Set(commands.flatMap(([, ...args]) => args.filter((arg) => !arg.startsWith('--outfile='))));
  return packagesIn(runEsbuild([...options]));
}

/** Returns the folders of the packages in the bundles of the client package. */
export async function packagesOfClient(): Promise<string[]> {
  return packagesIn(...await Promise.all(Object.values(CLIENT_ENTRY_POINTS).map((source) => bundleClient(source))));
}

/** Returns the folders of the packages in bundles. Files of which no code remains don't count. */
export function packagesIn(...metafiles: readonly Metafile[]): string[] {
  const files = metafiles.flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);
  return [...new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []))].sort();
}

/** Reads the packages in folders, in the order of their ids. A package that is installed twice counts once. */
export function readPackages(folders: readonly string[]): BundledPackage[] {
  const packages = folders.map((relative) => {
    const folder = path.resolve(PROJECT, relative);
    const { name, version, license = 'unknown' } = readManifest(folder);
    return { id: `${name}@${version}`, license, folder };
  });
  return [...new Map(packages.map((bundled) => [bundled.id, bundled])).values()].sort((one, other) => one.id < other.id ? -1 : 1);
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}

function runEsbuild(options: readonly string[]): Metafile {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'bundles-'));
  const metafile = path.join(directory, 'meta.json');
  try {
    execFileSync(path.join(PROJECT, 'node_modules', '.bin', 'esbuild'),
      [...options, `--outdir=${directory}`, `--metafile=${metafile}`, '--log-level=error'], { cwd: PROJECT });
    return JSON.parse(fs.readFileSync(metafile, 'utf8')) as Metafile;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}
