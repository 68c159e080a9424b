import { Stack } from 'aws-cdk-lib';
import type { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { descriptionOf } from '../cdk/description';
import { grantKeyUse, letServicesUse, requireSameRegion } from '../cdk/encryption-key';
import type { KeyUse } from '../cdk/encryption-key';

export interface FunctionDefaultsProps {
  readonly encryptionKey?: kms.IKey;
  readonly permissionsBoundary?: iam.IManagedPolicy;
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** Options that all functions have in common. */
export type FunctionDefaultOptions = Pick<lambda.FunctionOptions, 'role' | 'logGroup' | 'vpc' | 'vpcSubnets' | 'securityGroups' | 'environmentEncryption'>;

/** Actions for network interfaces with and without support for resources. */
const INTERFACE_ACTIONS = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'];
const DESCRIBING_ACTIONS = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];

/** Defaults of all functions: roles, log groups, network and encryption key. */
export class FunctionDefaults extends Construct {
  public readonly encryptionKey?: kms.IKey;
  private readonly network: Pick<FunctionDefaultOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>;

  constructor(scope: Construct, id: string, private readonly props: FunctionDefaultsProps) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.network = this.networkOf(props);
    if (props.encryptionKey) {
      requireSameRegion(this, props.encryptionKey);
      letServicesUse(this, props.encryptionKey);
    }
  }

  /**
   * A role for functions, with no permissions except, in a VPC, those for network interfaces. The path of the construct completes the description.
   */
  public createRole(scope: Construct, id: string, description: string): iam.Role {
    const role = new iam.Role(scope, id, {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: descriptionOf(`${description} of `, this.node.scope!),
      permissionsBoundary: this.props.permissionsBoundary,
    });
    this.prepareRole(role);
    return role;
  }

  /** Allows a role from elsewhere to manage network interfaces if there is a VPC. */
  public prepareRole(role: iam.IRole): void {
    if (this.network.vpc) {
      this.grantNetworkInterfaces(role);
    }
  }

  /** Allows a role to use the customer managed key, if there is one. */
  public grantKeyUse(role: iam.IRole, ...uses: readonly KeyUse[]): void {
    if (this.encryptionKey) {
      grantKeyUse(role, this.encryptionKey, ...uses);
    }
  }

  /** Options of a function with a role: its own log group, the network and the encryption key. */
  public options(scope: Construct, id: string, role: iam.IRole): FunctionDefaultOptions {
    const { logRetention: retention, removalPolicy, encryptionKey } = this.props;
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, { retention, removalPolicy, encryptionKey });
    // The CDK grants no log permissions to a role that it didn't create.
    logGroup.grantWrite(role);
    return { role, logGroup, environmentEncryption: this.encryptionKey, ...this.network };
  }

  private networkOf({ vpc, vpcSubnets, securityGroups }: FunctionDefaultsProps): Pick<FunctionDefaultOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> {
    if (vpc === undefined) {
      const alone = vpcSubnets === undefined ? securityGroups && 'securityGroups' : 'vpcSubnets';
      if (alone !== undefined) {
        throw new Error(`${alone} requires vpc: add vpc, or omit ${alone}`);
      }
      return {};
    }
    if (securityGroups?.length === 0) {
      throw new Error('securityGroups is empty: add a security group, or omit securityGroups to create one automatically');
    }
    if (vpc.selectSubnets(vpcSubnets).hasPublic) {
      throw new Error('vpcSubnets selects public subnets, from which functions reach neither the internet nor AWS: select private ones');
    }
    return { vpc, vpcSubnets, securityGroups: securityGroups ?? [this.createSecurityGroup(vpc)] };
  }

  /** The functions call services only by HTTPS, and nothing connects to them. */
  private createSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: descriptionOf('Lambda functions of ', this.node.scope!),
      allowAllOutbound: false,
    });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'HTTPS to AWS services and token issuers');
    return group;
  }

  /**
   * Permissions that Lambda needs to connect functions to a VPC; the code of the functions is denied them.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
   */
  private grantNetworkInterfaces(role: iam.IRole): void {
    // Lambda creates and deletes interfaces, and rejects a role that isn't allowed to delete every interface.
    const everything = Stack.of(this).formatArn({ service: 'ec2', resource: '*' });
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: INTERFACE_ACTIONS, resources: [everything] }));
    // These actions support no resource.
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: DESCRIBING_ACTIONS, resources: ['*'] }));
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: [...INTERFACE_ACTIONS, ...DESCRIBING_ACTIONS],
      resources: ['*'],
      // The condition key is present only in calls by the code of a function.
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }));
  }
}
