import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PROJECT } from '../../package/packages';

const VERSION = 'v1.7.12';
const DIRECTORY = path.join(PROJECT, '.local', `actionlint-${VERSION}`);
const PROGRAM = path.join(DIRECTORY, 'actionlint');

/** Path of actionlint, or the reason why it isn't available. */
export type Actionlint = { readonly program: string } | { readonly missing: string };

/** Installs the pinned version of actionlint with Go, unless it is installed. */
export function findActionlint(): Actionlint {
  if (!fs.existsSync(PROGRAM)) {
    if (spawnSync('go', ['version']).status !== 0) {
      return { missing: 'Go isn\'t installed' };
    }
    try {
      execFileSync('go', ['install', `github.com/rhysd/actionlint/cmd/actionlint@${VERSION}`], { env: { ...process.env, GOBIN: DIRECTORY }, stdio: 'pipe' });
    } catch (error) {
      return { missing: `actionlint ${VERSION} can't be installed: ${String((error as { stderr?: unknown }).stderr ?? error).trim()}` };
    }
  }
  return { program: PROGRAM };
}

/** Returns the findings in the workflows of the project, one on each line. */
export function lintWorkflows(program: string): string {
  // The scripts are those of projen, so findings of these programs, if they are installed, can't be fixed here.
  return spawnSync(program, ['-shellcheck=', '-pyflakes=', '-oneline', '-no-color'], { cwd: PROJECT, encoding: 'utf8' }).stdout;
}
