import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packPackage, PACKAGES, PROJECT } from '../../package/packages';
import type { PackageName, PackageArchive } from '../../package/packages';

const NAMES = Object.keys(PACKAGES) as PackageName[];

let directory: string;
let archives: Record<PackageName, PackageArchive>;

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'packages-'));
  archives = Object.fromEntries(NAMES.map((name) => [name, packPackage(name, directory)])) as Record<PackageName, PackageArchive>;
}, 120_000);
afterAll(() => fs.rmSync(directory, { recursive: true }));

/** Runs a command-line tool of the development dependencies; returns its exit status and its output. */
function run(tool: string, ...parameters: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(path.join(PROJECT, 'node_modules', '.bin', tool), parameters, { cwd: directory, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe.each(NAMES)('the tarball of %s', (name) => {
  it('has no problem that publint finds', () => {
    const { status, output } = run('publint', 'run', '--strict', archives[name].filename);
    expect(output).toContain('All good!');
    expect(status).toBe(0);
  }, 120_000);

  it('has no problem that "Are the types wrong?" finds', () => {
    const { status, output } = run('attw', archives[name].filename);
    expect(output).toContain('No problems found');
    expect(status).toBe(0);
  }, 120_000);
});

it('has the same version in both packages', () => {
  expect(archives['redshift-websocket-client'].version).toBe(archives['cdk-redshift-websocket-query'].version);
});
