import { roleAllows } from '../template/role-policies';
import type { Stack } from '../template/stack';

/** A bucket of the template. */
export interface BucketPlan {
  readonly logicalId: string;
  readonly name: string;
  /** The roles of the template that may not list the bucket: S3 does not tell them that an object is missing, only that access is denied. */
  readonly rolesThatMayNotList: ReadonlySet<string>;
}

/** Reads the buckets of the stack. */
export function planBuckets(stack: Stack): BucketPlan[] {
  const roles = stack.resources('AWS::IAM::Role');
  return stack.plan('AWS::S3::Bucket', ({ logicalId, ref, attribute }) => ({
    logicalId,
    name: ref,
    rolesThatMayNotList: new Set(roles.filter((role) => !roleAllows(stack, role, 's3:ListBucket', attribute('Arn'))).map((role) => role.ref)),
  }));
}
