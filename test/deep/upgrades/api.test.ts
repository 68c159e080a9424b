import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PROJECT } from '../../package/packages';

const RECORD = path.join(PROJECT, 'test', 'upgrades', 'api');
const ACCEPTED_CHANGES = path.join(PROJECT, '.compatignore');

const CLASS = 'cdk-redshift-websocket-query.RedshiftWebSocketQuery';
const REMOVED_METHOD = `removed:${CLASS}.addQuery`;

let directory: string;

beforeAll(() => {
  // Below the project, because jsii-diff loads the dependencies of an assembly from the directories above it.
  fs.mkdirSync(path.join(PROJECT, '.local'), { recursive: true });
  directory = fs.mkdtempSync(path.join(PROJECT, '.local', 'api-'));
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

/** Compares an API with the recorded one; returns the exit status and the incompatible changes. */
function compareApi(api: string, acceptedChanges: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    path.join(PROJECT, 'node_modules', '.bin', 'jsii-diff'),
    [RECORD, api, '--keys', '--error-on', 'all', '--ignore-file', acceptedChanges],
    { encoding: 'utf8', env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' } },
  );
  return { status, output: stdout + stderr };
}

/** Writes the API without a method; returns its directory. */
function apiWithoutMethod(): string {
  const assembly = JSON.parse(fs.readFileSync(path.join(PROJECT, '.jsii'), 'utf8'));
  const type = assembly.types[CLASS];
  type.methods = type.methods.filter(({ name }: { name: string }) => name !== 'addQuery');
  fs.writeFileSync(path.join(directory, '.jsii'), JSON.stringify(assembly));
  fs.copyFileSync(path.join(RECORD, 'package.json'), path.join(directory, 'package.json'));
  return directory;
}

describe('the API of the construct library', () => {
  it('is compatible with the recorded API, except for the changes in .compatignore', () => {
    const { status, output } = compareApi(PROJECT, ACCEPTED_CHANGES);
    expect(output).not.toMatch(/^err /m);
    expect(status).toBe(0);
  });

  it('is incompatible when it lacks a method, unless the change is accepted', () => {
    const api = apiWithoutMethod();
    const rejected = compareApi(api, ACCEPTED_CHANGES);
    expect(rejected.output).toContain(`[${REMOVED_METHOD}]`);
    expect(rejected.status).toBe(1);
    const accepted = path.join(directory, 'accepted.txt');
    fs.writeFileSync(accepted, `# Replaced by another method.\n${REMOVED_METHOD}\n`);
    expect(compareApi(api, accepted).status).toBe(0);
  });
});
