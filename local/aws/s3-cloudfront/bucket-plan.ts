import type { Stack } from '../template/stack';

/** A bucket of the template. */
export interface BucketPlan {
  readonly logicalId: string;
  readonly name: string;
}

/** Reads the buckets of the stack. */
export function planBuckets(stack: Stack): BucketPlan[] {
  return stack.plan('AWS::S3::Bucket', ({ logicalId, ref }) => ({ logicalId, name: ref }));
}
