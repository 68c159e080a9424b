import * as fs from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';
import { PROJECT } from '../package/packages';

const DIRECTORY = path.join(PROJECT, '.github', 'workflows');

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly steps: readonly Step[];
}

/** The parts of a GitHub workflow that the tests read. */
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The names of all workflows. */
export const WORKFLOWS: readonly string[] = fs.readdirSync(DIRECTORY).map((file) => path.basename(file, '.yml'));

export function readWorkflow(name: string): Workflow {
  return parse(fs.readFileSync(path.join(DIRECTORY, `${name}.yml`), 'utf8')) as Workflow;
}

/** The shell commands of a job, one after the other. */
export function commandsOf(job: Job): string {
  return job.steps.flatMap(({ run }) => run ?? []).join('\n');
}
