import type { aws_redshift, aws_redshiftserverless } from 'aws-cdk-lib/interfaces';
import { describeValue, isObject, requireValid } from '../cdk/prop-checks';

/** The identifier of a provisioned cluster of an app. Throws with the right factory if the value is something else. */
export function validatedClusterIdentifier(cluster: aws_redshift.IClusterRef): string {
  requireValid(isObject(cluster?.clusterRef) && 'clusterIdentifier' in cluster.clusterRef, 'cluster', cluster, fixOfCluster(cluster));
  return cluster.clusterRef.clusterIdentifier;
}

/** The name of a workgroup of an app. Throws with the right factory if the value is something else. */
export function validatedWorkgroupName(workgroup: aws_redshiftserverless.IWorkgroupRef): string {
  requireValid(isObject(workgroup?.workgroupRef) && 'workgroupName' in workgroup.workgroupRef, 'workgroup', workgroup, fixOfWorkgroup(workgroup));
  return workgroup.workgroupRef.workgroupName;
}

function fixOfCluster(cluster: unknown): string {
  if (typeof cluster === 'string') {
    return `use RedshiftCluster.fromClusterIdentifier(${describeValue(cluster)})`;
  }
  if (isObject(cluster) && 'workgroupRef' in cluster) {
    return 'use RedshiftCluster.fromWorkgroup()';
  }
  // A cluster of Amazon ECS also has a name, and one of Amazon EKS also has a name and an endpoint, which is a string.
  if (isObject(cluster) && 'clusterName' in cluster && 'clusterEndpoint' in cluster && isObject(cluster.clusterEndpoint)) {
    return 'it has a name only, so use RedshiftCluster.fromClusterIdentifier(cluster.clusterName)';
  }
  return 'give a CfnCluster of aws-cdk-lib/aws-redshift, or use RedshiftCluster.fromClusterIdentifier()';
}

function fixOfWorkgroup(workgroup: unknown): string {
  if (typeof workgroup === 'string') {
    return `use RedshiftCluster.fromWorkgroupName(${describeValue(workgroup)})`;
  }
  if (isObject(workgroup) && 'clusterRef' in workgroup) {
    return 'use RedshiftCluster.fromCluster()';
  }
  return 'give a CfnWorkgroup of aws-cdk-lib/aws-redshiftserverless, or use RedshiftCluster.fromWorkgroupArn()';
}
