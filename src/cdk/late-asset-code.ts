import * as fs from 'fs';
import * as path from 'path';
import { FileAssetPackaging, FileSystem, Lazy, Stack, Stage } from 'aws-cdk-lib';
import type { FileAssetLocation } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { makeReadable } from './readable-files';

/** Writes the files of an asset into an empty directory. */
export type WriteFiles = (directory: string) => void;

/** Code whose files are written when the app is synthesized, because their contents can change until then. */
export class LateAssetCode extends lambda.Code {
  public readonly isInline = false;

  constructor(private readonly write: WriteFiles) {
    super();
  }

  public bind(scope: Construct): lambda.CodeConfig {
    return {
      s3Location: {
        bucketName: Lazy.string({ produce: () => this.addAsset(scope).bucketName }),
        objectKey: Lazy.string({ produce: () => this.addAsset(scope).objectKey }),
      },
    };
  }

  /** The asset of the current files. Adding the same asset again has no effect. */
  private addAsset(scope: Construct): FileAssetLocation {
    const stack = Stack.of(scope);
    const stage = Stage.of(scope)!;
    const directory = FileSystem.mkdtemp('late-asset-');
    this.write(directory);
    const sourceHash = FileSystem.fingerprint(directory);
    const staged = path.join(stage.assetOutdir, `asset.${sourceHash}`);
    fs.cpSync(directory, staged, { recursive: true });
    fs.rmSync(directory, { recursive: true });
    makeReadable(staged);
    const fileName = path.relative(stage.outdir, staged);
    return stack.synthesizer.addFileAsset({ sourceHash, fileName, packaging: FileAssetPackaging.ZIP_DIRECTORY, displayName: `${scope.node.path}/Code` });
  }
}
