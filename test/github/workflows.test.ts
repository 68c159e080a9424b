import * as fs from 'node:fs';
import * as path from 'node:path';
import { commandsOf, readWorkflow, WORKFLOWS } from './workflow-files';
import { PROJECT } from '../package/packages';

/** The jobs that write, with the only thing that they write. Every other job reads. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
  'codeql/analyze': ['security-events'],
  'release/release_github': ['contents'],
  'release/release_npm': ['id-token'],
  'release/release_nuget': ['id-token'],
  'release/release_pypi': ['id-token'],
  'upgrade-main/pr': ['contents', 'pull-requests'],
};

const workflows = WORKFLOWS.map((name) => ({ name, jobs: Object.entries(readWorkflow(name).jobs) }));

describe('the GitHub workflows', () => {
  it('use every action by the hash of its commit', () => {
    const uses = workflows.flatMap(({ jobs }) => jobs.flatMap(([, { steps }]) => steps.flatMap((step) => step.uses ?? [])));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it('have explicit permissions in each job, and write only what the job changes', () => {
    const permissions = workflows.flatMap(({ name, jobs }) => jobs.map(([id, job]) => [`${name}/${id}`, job.permissions] as const));
    expect(permissions.filter(([, granted]) => granted === undefined)).toEqual([]);
    const writes = permissions.map(([job, granted]) => [job, Object.keys(granted!).filter((scope) => granted![scope] === 'write').sort()] as const);
    expect(Object.fromEntries(writes.filter(([, scopes]) => scopes.length > 0))).toEqual(WRITES);
  });

  it('use only secrets that CONTRIBUTING.md describes', () => {
    const guide = fs.readFileSync(path.join(PROJECT, 'CONTRIBUTING.md'), 'utf8');
    const secrets = new Set([...JSON.stringify(WORKFLOWS.map(readWorkflow)).matchAll(/secrets\.(\w+)/g)].map(([, secret]) => secret));
    secrets.delete('GITHUB_TOKEN');
    expect(secrets.size).toBeGreaterThan(0);
    expect([...secrets].filter((secret) => !guide.includes(`\`${secret}\``))).toEqual([]);
  });

  it('run the tests and the deep tests for each pull request', () => {
    const { on, jobs } = readWorkflow('build');
    expect(on).toHaveProperty('pull_request');
    expect(commandsOf(jobs.build)).toContain('projen build');
    expect(commandsOf(jobs['test-deep'])).toContain('npm run test:deep');
  });

  it('run the tests with the newest AWS CDK on a schedule', () => {
    const { on, jobs } = readWorkflow('newest-cdk');
    expect(on).toHaveProperty('schedule');
    expect(commandsOf(jobs.test)).toMatch(/npm install .*aws-cdk-lib@latest.*npm test/s);
  });

  it('wait until a version of a dependency is a week old, before they upgrade to it', () => {
    expect(readWorkflow('upgrade-main').on).toHaveProperty('schedule');
    expect(JSON.stringify(tasks().upgrade)).toContain('--cooldown=7');
  });
});

describe('a release', () => {
  const { on, jobs } = readWorkflow('release');

  it('starts when a pull request is merged', () => {
    expect(on).toMatchObject({ push: { branches: ['main'] } });
  });

  it('publishes both npm packages with provenance and without a token', () => {
    const publish = jobs.release_npm;
    expect(commandsOf(publish)).toMatch(/mv dist\/client\/\*\.tgz dist\/js\/\n.*publib-npm/);
    expect(publish.steps.at(-1)?.env).toMatchObject({ NPM_CONFIG_PROVENANCE: 'true', NPM_TRUSTED_PUBLISHER: 'true' });
    expect(publish.steps.at(-1)?.env).not.toHaveProperty('NPM_TOKEN');
  });

  it('publishes to every registry in a protected environment', () => {
    const publish = Object.entries(jobs).filter(([id]) => id !== 'release');
    expect(publish.map(([id]) => id).sort()).toEqual(['release_github', 'release_golang', 'release_maven', 'release_npm', 'release_nuget', 'release_pypi']);
    expect(publish.filter(([, { environment }]) => environment !== 'release')).toEqual([]);
  });

  it('has notes for the types of commits that titles of pull requests can have', () => {
    const { types } = JSON.parse(tasks().bump.env!.VERSIONRCOPTIONS) as { types: readonly { type: string }[] };
    const allowed = readWorkflow('pull-request-lint').jobs.validate.steps[0].with!.types.split('\n');
    expect(types.map(({ type }) => type)).toEqual(allowed);
  });

  it('follows a commit of a type with a section in the notes', () => {
    const { types } = JSON.parse(tasks().bump.env!.VERSIONRCOPTIONS) as { types: readonly { type: string; section?: string }[] };
    const sections = types.flatMap(({ type, section }) => section === undefined ? [] : [type]);
    expect(JSON.stringify(tasks()['bump:releasable-commits'])).toContain(`^(${sections.join('|')})`);
  });
});

function tasks(): Record<string, { readonly env?: Readonly<Record<string, string>> }> {
  return (JSON.parse(fs.readFileSync(path.join(PROJECT, '.projen', 'tasks.json'), 'utf8')) as { tasks: ReturnType<typeof tasks> }).tasks;
}
