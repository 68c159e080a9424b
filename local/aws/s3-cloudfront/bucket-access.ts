import type { DistributionPlan } from './distribution-plan';
import type { Authorizer } from '../iam/authorizer';

/** Permissions of CloudFront in the bucket policy. */
export interface BucketAccess {
  readonly mayRead: boolean;
  /** Without it, S3 returns AccessDenied instead of NoSuchKey. */
  readonly mayList: boolean;
}

/** Evaluates the bucket policy for a distribution. */
export async function bucketAccess({ arn, bucketArn }: DistributionPlan, authorizer: Authorizer): Promise<BucketAccess> {
  const allows = async (action: string, resource: string) =>
    (await authorizer.decide({ principal: 'cloudfront.amazonaws.com', action, resource, context: { 'aws:SourceArn': arn } })).allowed;
  return { mayRead: await allows('s3:GetObject', `${bucketArn}/key`), mayList: await allows('s3:ListBucket', bucketArn) };
}
