import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DefinedQueries } from '../query/defined-queries';
import type { QueryTimes } from '../query/query-limits';

export interface ResultBucketProps {
  /** The queries whose results it keeps. */
  readonly queries: DefinedQueries;
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: kms.IKey;
}

const SECONDS_PER_DAY = Duration.days(1).toSeconds();

/** Keeps the encoded rows of large results, each for as long as it can be of use. */
export class ResultBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, { queries, removalPolicy, encryptionKey }: ResultBucketProps) {
    super(scope, id, {
      ...encryptionKey
        // A bucket key spares a call of KMS for each object.
        ? { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: s3.BucketEncryption.S3_MANAGED },
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Queries may be added until the app is synthesized.
      lifecycleRules: [{
        expiration: Duration.days(Lazy.number({ produce: () => daysOf(queries) })),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      }],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
  }
}

/** An object may be made at the beginning of a query and read until the end of the retention; S3 counts in days, and one more makes up for delays. */
function daysOf(queries: DefinedQueries): number {
  return Math.max(...queries.all().map(({ timeoutSeconds, resultRetentionSeconds }: QueryTimes) =>
    Math.ceil((timeoutSeconds + resultRetentionSeconds) / SECONDS_PER_DAY) + 1));
}
