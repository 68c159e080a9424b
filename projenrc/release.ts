import { awscdk } from 'projen';
import { CLIENT_TARBALL_DIRECTORY } from './client-package';

/** Adds the tasks and jobs that publish the packages. */
export function addRelease(project: awscdk.AwsCdkConstructLibrary): void {
  addNpmRelease(project);
  addDryRun(project);

  // The packages of the other languages have jobs of their own, with the programs that they need.
  project.packageTask.reset();
  project.packageTask.spawn(project.tasks.tryFind('package:js')!);
  project.packageTask.spawn(project.tasks.tryFind('package:client')!);
}

/** Publishes both npm packages in one job, with provenance and without a token. */
function addNpmRelease(project: awscdk.AwsCdkConstructLibrary): void {
  project.release!.publisher.publishToNpm({
    trustedPublishing: true,
    npmProvenance: true,
    prePublishSteps: [{ name: 'Add the client package', run: `mv ${CLIENT_TARBALL_DIRECTORY}/*.tgz dist/js/` }],
  });
}

function addDryRun(project: awscdk.AwsCdkConstructLibrary): void {
  project.addTask('release:dry-run', {
    description: 'Build every artifact that a release publishes, and list their sizes and checksums',
    steps: [{ spawn: 'build:local' }, { exec: 'tsx projenrc/release-dry-run.ts' }],
  });
}
