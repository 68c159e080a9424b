import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export const PROJECT = path.resolve(__dirname, '..', '..');

/** The directories of the npm packages that the project publishes. */
export const PACKAGES = {
  'cdk-redshift-websocket-query': PROJECT,
  'redshift-websocket-client': path.join(PROJECT, 'packages', 'redshift-websocket-client'),
};

export type PackageName = keyof typeof PACKAGES;

/** What `npm pack` reports about a package. */
export interface PackageArchive {
  readonly filename: string;
  readonly version: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Creates the tarball of a package in a directory. */
export function packPackage(name: PackageName, directory: string): PackageArchive {
  return runNpmPack(name, '--pack-destination', directory);
}

/** Installs the tarball of a package, without its dependencies, in the `node_modules` of a directory. */
export function installPackage(name: PackageName, directory: string): void {
  const { filename } = packPackage(name, directory);
  const installed = path.join(directory, 'node_modules', name);
  fs.mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', path.join(directory, filename), '-C', installed, '--strip-components=1']);
}

/** Returns the paths of the files that npm would publish. */
export function publishedFiles(name: PackageName): string[] {
  return runNpmPack(name, '--dry-run').files.map(({ path: file }) => file);
}

export function npm(parameters: readonly string[], cwd: string): string {
  return execFileSync('npm', [...parameters], { cwd, encoding: 'utf8', stdio: 'pipe' });
}

function runNpmPack(name: PackageName, ...options: string[]): PackageArchive {
  const [archive] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', ...options], PACKAGES[name])) as PackageArchive[];
  return archive;
}
