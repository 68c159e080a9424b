import * as fs from 'fs';
import * as path from 'path';
import { Stage } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { IConstruct } from 'constructs';

/**
 * Lets every user read a directory and its files, because Lambda runs code as another user than their owner. The umask of the process that installed
 * the package, or that synthesizes, may have made them private.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-deployment.html
 */
export function makeReadable(directory: string): void {
  fs.chmodSync(directory, 0o755);
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) {
      makeReadable(file);
    } else {
      fs.chmodSync(file, 0o644);
    }
  }
}

/** Lets every user read the code of the functions in a scope: its copies in the cloud assembly, never the files of the package. */
export function makeCodeReadable(scope: IConstruct): void {
  for (const asset of scope.node.findAll()) {
    // Without staging, the path is that of the original.
    if (asset instanceof Asset && !path.isAbsolute(asset.assetPath)) {
      makeReadable(path.resolve(Stage.of(asset)!.outdir, asset.assetPath));
    }
  }
}
