import { allowsService } from '../template/policy';
import type { PolicyStatement } from '../template/policy';
import type { Resource, Stack } from '../template/stack';

/** What the bucket's policy lets CloudFront do. */
export interface BucketAccess {
  readonly mayRead: boolean;
  /** Without it S3 does not say that an object is missing, only that access is denied. */
  readonly mayList: boolean;
}

/** Reads from the bucket policies what a distribution may do. */
export function bucketAccess(stack: Stack, bucket: Resource, distributionId: string): BucketAccess {
  const { partition, accountId } = stack.environment;
  const sourceArn = `arn:${partition}:cloudfront::${accountId}:distribution/${distributionId}`;
  const bucketArn = bucket.attribute('Arn');
  const statements = stack.resources('AWS::S3::BucketPolicy')
    .filter(({ properties }) => properties.text('Bucket') === bucket.ref)
    .flatMap(({ properties }) => properties.object('PolicyDocument').list('Statement') as readonly PolicyStatement[]);
  const allows = (action: string, resource: string) => allowsService(statements, { service: 'cloudfront.amazonaws.com', action, resource, sourceArn });
  return { mayRead: allows('s3:GetObject', `${bucketArn}/key`), mayList: allows('s3:ListBucket', bucketArn) };
}
