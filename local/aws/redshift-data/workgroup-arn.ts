import { createHash } from 'node:crypto';
import type { StackEnvironment } from '../template/template';

/** Returns the ARN of a workgroup, with a UUID that is derived from the name. */
export function workgroupArn(workgroup: string, { partition, region, accountId }: StackEnvironment): string {
  if (workgroup.startsWith('arn:')) {
    return workgroup;
  }
  const digest = createHash('sha256').update(`${accountId}/${region}/${workgroup}`).digest('hex');
  const uuid = [digest.slice(0, 8), digest.slice(8, 12), digest.slice(12, 16), digest.slice(16, 20), digest.slice(20, 32)].join('-');
  return `arn:${partition}:redshift-serverless:${region}:${accountId}:workgroup/${uuid}`;
}
