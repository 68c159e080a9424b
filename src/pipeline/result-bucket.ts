import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DefinedQueries } from '../query/defined-queries';
import type { QueryTimes } from '../query/query-limits';

export interface ResultBucketProps {
  /** Queries whose results the bucket stores. */
  readonly queries: DefinedQueries;
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: kms.IKey;
}

const SECONDS_PER_DAY = Duration.days(1).toSeconds();

/** Bucket with the encoded rows of large results, which expire automatically. */
export class ResultBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, { queries, removalPolicy, encryptionKey }: ResultBucketProps) {
    super(scope, id, {
      ...encryptionKey
        // A bucket key saves a KMS request for each object.
        ? { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: s3.BucketEncryption.S3_MANAGED },
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Queries can be added until the app is synthesized.
      lifecycleRules: [{
        expiration: Duration.days(Lazy.number({ produce: () => expirationDays(queries) })),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      }],
      removalPolicy,
      autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY,
    });
  }
}

/** An object can be written at the start of a query and read until the end of the retention. S3 counts in days; one more day allows for delays. */
function expirationDays(queries: DefinedQueries): number {
  return Math.max(...queries.all().map(({ timeoutSeconds, resultRetentionSeconds }: QueryTimes) =>
    Math.ceil((timeoutSeconds + resultRetentionSeconds) / SECONDS_PER_DAY) + 1));
}
