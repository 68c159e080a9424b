import type { AccessRequest } from '../iam/access-request';
import type { Resource } from '../template/stack';
import type { StackEnvironment } from '../template/template';

const NEW_INTERFACE = 'network-interface/eni-0123456789abcdef0';

/**
 * Requests with which Lambda connects a function to its VPC.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function roleUses({ properties }: Resource, principal: string, { partition, region, accountId }: StackEnvironment): AccessRequest[] {
  const network = properties.object('VpcConfig');
  const arn = (name: string) => `arn:${partition}:ec2:${region}:${accountId}:${name}`;
  const subnets = network.list('SubnetIds').map((id) => arn(`subnet/${String(id)}`));
  const groups = network.list('SecurityGroupIds').map((id) => arn(`security-group/${String(id)}`));
  const changes = ['CreateNetworkInterface', 'DeleteNetworkInterface', 'AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'];
  return subnets.length === 0 ? [] : [
    ...changes.map((action) => ({ principal, action: `ec2:${action}`, resource: arn(NEW_INTERFACE) })),
    ...[...subnets, ...groups].map((resource) => ({ principal, action: 'ec2:CreateNetworkInterface', resource })),
    ...['DescribeNetworkInterfaces', 'DescribeSubnets'].map((action) => ({ principal, action: `ec2:${action}`, resource: '*' })),
  ];
}
