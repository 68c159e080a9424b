import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Installed from PyPI into a folder of its own, once for each version. */
const VERSION = '1.58.0';
const DIRECTORY = path.resolve(__dirname, '..', '..', '.local', `cfn-lint-${VERSION}`);

/** Runs it, also where the folder is not the one that its scripts were made for. */
const ENTRY = 'import sys; from cfnlint.runner import main; sys.exit(main())';

const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** Something that cfn-lint has found fault with. */
export interface LintFinding {
  readonly rule: string;
  readonly file: string;
  readonly message: string;
}

interface Match {
  readonly Rule: { readonly Id: string };
  readonly Filename: string;
  readonly Message: string;
}

/** cfn-lint of the pinned version: how to run it, or why it cannot be. */
export type CfnLint = { readonly command: readonly string[]; readonly environment: NodeJS.ProcessEnv } | { readonly missing: string };

/** Finds or installs cfn-lint. */
export function findCfnLint(): CfnLint {
  if (output('cfn-lint', ['--version'])?.trim() === `cfn-lint ${VERSION}`) {
    return { command: ['cfn-lint'], environment: process.env };
  }
  if (output('python3', ['--version']) === undefined) {
    return { missing: 'there is no python3' };
  }
  const problem = fs.existsSync(DIRECTORY) ? undefined : install();
  return problem === undefined
    ? { command: ['python3', '-c', ENTRY], environment: { ...process.env, PYTHONPATH: DIRECTORY } }
    : { missing: `cfn-lint ${VERSION} cannot be installed: ${problem}` };
}

/** Checks templates against the CloudFormation specification of each Region. */
export function lint(cfnLint: Exclude<CfnLint, { missing: string }>, files: readonly string[], regions: readonly string[]): LintFinding[] {
  const [program, ...options] = cfnLint.command;
  // Its exit code reports findings, which are in the output too.
  const { stdout, stderr } = spawnSync(program, [...options, '--format', 'json', '--regions', ...regions, '--', ...files],
    { env: cfnLint.environment, encoding: 'utf8', maxBuffer: LARGEST_OUTPUT });
  if (!stdout.startsWith('[')) {
    throw new Error(`cfn-lint failed: ${stderr}`);
  }
  return (JSON.parse(stdout) as Match[]).map(({ Rule, Filename, Message }) => ({ rule: Rule.Id, file: path.basename(Filename), message: Message }));
}

/** Installs beside, and moves into place what is complete; gives the problem, if there is one. */
function install(): string | undefined {
  const partial = `${DIRECTORY}-${process.pid}`;
  console.log(`installing cfn-lint ${VERSION} into ${path.relative(process.cwd(), DIRECTORY)}, once`);
  try {
    execFileSync('python3', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', partial, `cfn-lint==${VERSION}`], { stdio: 'pipe' });
    fs.renameSync(partial, DIRECTORY);
    return undefined;
  } catch (error) {
    return lastLineOf(String((error as { stderr?: unknown }).stderr ?? (error as Error).message));
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
}

function output(program: string, options: readonly string[]): string | undefined {
  try {
    return execFileSync(program, options, { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return undefined;
  }
}

function lastLineOf(string: string): string {
  return string.trim().split('\n').at(-1)!;
}
