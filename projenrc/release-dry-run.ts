import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { CLIENT_TARBALL_DIRECTORY } from './client-package';

const PROJECT = path.resolve(__dirname, '..');

/** What a release publishes to one registry. */
interface Target {
  readonly registry: string;
  readonly task: string;
  readonly directory: string;

  /** The files that are published. Without a pattern, it is the directory as a whole. */
  readonly files?: RegExp;

  /** The program that builds the files, with options to check that it runs. */
  readonly program: readonly string[];
}

const TARGETS: readonly Target[] = [
  { registry: 'npm', task: 'package:js', directory: 'dist/js', files: /\.tgz$/, program: ['npm', '--version'] },
  { registry: 'npm', task: 'package:client', directory: CLIENT_TARBALL_DIRECTORY, files: /\.tgz$/, program: ['npm', '--version'] },
  { registry: 'PyPI', task: 'package:python', directory: 'dist/python', files: /\.(whl|tar\.gz)$/, program: ['python3', '-m', 'venv', '--help'] },
  { registry: 'Maven Central', task: 'package:java', directory: 'dist/java', files: /\.(jar|pom)$/, program: ['mvn', '--version'] },
  { registry: 'NuGet', task: 'package:dotnet', directory: 'dist/dotnet', files: /\.nupkg$/, program: ['dotnet', '--version'] },
  { registry: 'Go', task: 'package:go', directory: 'dist/go', program: ['go', 'version'] },
];

function main(): void {
  fs.rmSync(path.join(PROJECT, 'dist'), { recursive: true, force: true });
  const lines = TARGETS.flatMap((target) => runs(target.program) ? tryBuild(target) : [`${target.registry}: skipped, because ${target.program[0]} isn't installed`]);
  process.stdout.write(`\nArtifacts of a release, with version 0.0.0 in place of the next version:\n${lines.join('\n')}\n`);
}

/** Describes the artifacts of a target. A target that fails doesn't prevent the others. */
function tryBuild(target: Target): string[] {
  try {
    execFileSync('npx', ['--no-install', 'projen', target.task], { cwd: PROJECT, stdio: 'inherit' });
    return listArtifacts(target);
  } catch (error) {
    process.exitCode = 1;
    return [`${target.registry}: failed: ${(error as Error).message}`];
  }
}

function listArtifacts(target: Target): string[] {
  const files = filesIn(path.join(PROJECT, target.directory));
  const artifacts = target.files === undefined ? [files] : files.filter((file) => target.files!.test(file)).map((file) => [file]);
  if (artifacts.length === 0) {
    throw new Error(`${target.task} created no artifact in ${target.directory}: check the targets in projenrc/languages.ts`);
  }
  return artifacts.map((artifact) => describeArtifact(target, artifact));
}

function describeArtifact({ registry, directory }: Target, files: readonly string[]): string {
  const contents = files.map((file) => fs.readFileSync(file));
  const bytes = contents.reduce((sum, { length }) => sum + length, 0);
  const name = files.length === 1 ? path.basename(files[0]) : `${directory} (${files.length} files)`;
  return `${registry}: ${name}, ${bytes} bytes, sha256 ${checksum(contents)}`;
}

/** The checksum of a file, or of the checksums of several files. */
function checksum(contents: readonly Buffer[]): string {
  const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
  return contents.length === 1 ? sha256(contents[0]) : sha256(contents.map(sha256).join('\n'));
}

function filesIn(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function runs([program, ...options]: readonly string[]): boolean {
  return spawnSync(program, options, { stdio: 'ignore' }).status === 0;
}

main();
