import type { DistributionPlan } from './distribution-plan';
import type { Authorizer } from '../iam/authorizer';

/** What the bucket's policy lets CloudFront do. */
export interface BucketAccess {
  readonly mayRead: boolean;
  /** Without it S3 does not say that an object is missing, only that access is denied. */
  readonly mayList: boolean;
}

/** Asks IAM what a distribution may do; CloudFront has no role, so the bucket's policy alone decides. */
export async function bucketAccess({ arn, bucketArn }: DistributionPlan, authorizer: Authorizer): Promise<BucketAccess> {
  const allows = async (action: string, resource: string) =>
    (await authorizer.decide({ principal: 'cloudfront.amazonaws.com', action, resource, context: { 'aws:SourceArn': arn } })).allowed;
  return { mayRead: await allows('s3:GetObject', `${bucketArn}/key`), mayList: await allows('s3:ListBucket', bucketArn) };
}
