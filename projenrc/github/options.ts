import { awscdk, github, javascript, ReleasableCommits } from 'projen';
import { COMMIT_TYPES } from './commit-types';

const RELEASED_TYPES = COMMIT_TYPES.filter(({ section }) => section !== undefined).map(({ type }) => type);

/** Needs no secret, but GitHub starts no workflow for a pull request that this token opens: see "Release" in CONTRIBUTING.md. */
const WORKFLOW_TOKEN = github.GithubCredentials.fromPersonalAccessToken({ secret: 'GITHUB_TOKEN' });

/** Number of days after which a version of a dependency is old enough for an upgrade. */
const COOLDOWN_DAYS = 7;

const PULL_REQUEST_TEMPLATE = [
  '<!-- The title becomes the commit message and a line of the release notes, for example: "fix(client): resume after a token expires". -->',
  '',
  '## Problem',
  '',
  '<!-- The reason for the change, with a link to the issue. -->',
  '',
  '## Change',
  '',
  '<!-- What behaves differently for users, operators or contributors. -->',
  '',
  '## Checklist',
  '',
  '- [ ] A test fails without the change.',
  '- [ ] `npm test` and `npm run test:deep` pass.',
  '- [ ] The documents and the generated files (`npx projen`) are up to date.',
  '- [ ] A breaking change has `!` in the title, and the description says how to migrate.',
];

/** The options of the project for GitHub: pull requests, builds and upgrades. */
export const GITHUB_OPTIONS = {
  github: true,
  githubOptions: {
    mergify: false,
    projenCredentials: WORKFLOW_TOKEN,
    pullRequestLintOptions: { semanticTitleOptions: { types: COMMIT_TYPES.map(({ type }) => type) } },
  },
  pullRequestTemplateContents: PULL_REQUEST_TEMPLATE,
  buildWorkflowOptions: {
    // A build that changes generated files fails; it doesn't push to the branch.
    mutableBuild: false,
    permissions: { contents: github.workflows.JobPermission.READ },
  },
  depsUpgradeOptions: {
    cooldown: COOLDOWN_DAYS,
    // The bundles of the functions contain dependencies, so an upgrade is released.
    semanticCommit: 'fix',
    workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.WEEKLY },
  },
} satisfies Partial<awscdk.AwsCdkConstructLibraryOptions>;

/** The options of the project for releases: versions, release notes and publishing. */
export const RELEASE_OPTIONS = {
  release: true,
  // One job publishes both npm packages: see `addNpmRelease`.
  releaseToNpm: false,
  releaseEnvironment: 'release',
  releasableCommits: ReleasableCommits.ofType(RELEASED_TYPES),
  // Later versions need Node.js 22.
  bumpPackage: 'commit-and-tag-version@^12',
  // The program that publishes to all registries.
  jsiiReleaseVersion: '0.2.1061',
  // Without output, the commits decide. The first release has no earlier version.
  nextVersionCommand: 'node -p "process.env.VERSION === \'0.0.0\' ? \'0.1.0\' : \'\'"',
  versionrcOptions: { types: COMMIT_TYPES.map(({ type, section }) => section === undefined ? { type, hidden: true } : { type, section }) },
} satisfies Partial<awscdk.AwsCdkConstructLibraryOptions>;
