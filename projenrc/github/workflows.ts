import { awscdk, github } from 'projen';
import { pinActions } from './actions';

const { JobPermission } = github.workflows;

/** Adds the workflows that projen doesn't have, and pins all actions. */
export function addWorkflows(project: awscdk.AwsCdkConstructLibrary): void {
  pinActions(project.github!.actions);
  addDeepTests(project);
  addNewestCdkTests(project);
  addCodeAnalysis(project);
  // These jobs don't write: projen grants more permissions than they need.
  workflow(project, 'release').file!.addOverride('jobs.release.permissions.contents', 'read');
  workflow(project, 'pull-request-lint').file!.addOverride('jobs.validate.permissions.pull-requests', 'read');
}

/** Runs the deep tests beside the build, which runs all other tests. */
function addDeepTests(project: awscdk.AwsCdkConstructLibrary): void {
  workflow(project, 'build').addJob('test-deep', testJob(project, { name: 'test:deep', run: 'npm run test:deep' }));
}

/** Finds changes of the AWS CDK that break the construct library, before its users do. */
function addNewestCdkTests(project: awscdk.AwsCdkConstructLibrary): void {
  const newestCdk = project.github!.addWorkflow('newest-cdk');
  newestCdk.on({ schedule: [{ cron: '0 6 * * 1' }], workflowDispatch: {} });
  newestCdk.addJob('test', testJob(
    project,
    { name: 'Install the newest AWS CDK', run: 'npm install --no-save aws-cdk@latest aws-cdk-lib@latest constructs@latest' },
    { name: 'test', run: 'npm test' },
  ));
}

/** A job that only reads: it checks out the project, installs its dependencies, and runs some steps. */
function testJob(project: awscdk.AwsCdkConstructLibrary, ...steps: github.workflows.JobStep[]): github.workflows.Job {
  return {
    runsOn: ['ubuntu-latest'],
    permissions: { contents: JobPermission.READ },
    env: { CI: 'true' },
    steps: [github.WorkflowSteps.checkout(), ...project.renderWorkflowSetup({ mutable: false }), ...steps],
  };
}

function addCodeAnalysis(project: awscdk.AwsCdkConstructLibrary): void {
  const codeql = project.github!.addWorkflow('codeql');
  codeql.on({
    push: { branches: ['main'] },
    pullRequest: { branches: ['main'] },
    schedule: [{ cron: '0 5 * * 1' }],
  });
  codeql.addJob('analyze', {
    runsOn: ['ubuntu-latest'],
    permissions: { contents: JobPermission.READ, securityEvents: JobPermission.WRITE },
    steps: [
      github.WorkflowSteps.checkout(),
      { name: 'Initialize CodeQL', uses: 'github/codeql-action/init', with: { 'languages': 'javascript-typescript,actions', 'build-mode': 'none', 'queries': 'security-extended' } },
      { name: 'Analyze', uses: 'github/codeql-action/analyze' },
    ],
  });
}

function workflow(project: awscdk.AwsCdkConstructLibrary, name: string): github.GithubWorkflow {
  return project.github!.tryFindWorkflow(name)!;
}
