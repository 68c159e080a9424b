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

/** What a function is given by its surroundings. */
export type FunctionDefaultOptions = Pick<lambda.FunctionOptions, 'role' | 'logGroup' | 'vpc' | 'vpcSubnets' | 'securityGroups' | 'environmentEncryption'>;

/** The actions for network interfaces that name resources, and those that know none. */
const INTERFACE_ACTIONS = ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'];
const DESCRIBING_ACTIONS = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];

/** What all functions have in common, whatever they do: roles, logs, network and key. */
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

  /** A role for functions, which may do nothing yet but what Lambda does by it: keep network interfaces, where there is a VPC. */
  public createRole(scope: Construct, id: string, functions: string): iam.Role {
    const role = new iam.Role(scope, id, {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: descriptionOf(`${functions} of `, this.node.scope!),
      permissionsBoundary: this.props.permissionsBoundary,
    });
    this.prepareRole(role);
    return role;
  }

  /** Lets a role that was made elsewhere do what Lambda does by it. */
  public prepareRole(role: iam.IRole): void {
    if (this.network.vpc) {
      this.grantNetworkInterfaces(role);
    }
  }

  /** Lets a role use the customer's key for something, if there is one. */
  public grantKeyUse(role: iam.IRole, ...uses: readonly KeyUse[]): void {
    if (this.encryptionKey) {
      grantKeyUse(role, this.encryptionKey, ...uses);
    }
  }

  /** The options of a function with a role: a log group of its own, the network and the key. */
  public options(scope: Construct, id: string, role: iam.IRole): FunctionDefaultOptions {
    const logGroup = this.createLogGroup(scope, `${id}Logs`);
    // A function with a role of its own gets no permission to log by itself.
    logGroup.grantWrite(role);
    return { role, logGroup, environmentEncryption: this.encryptionKey, ...this.network };
  }

  public createLogGroup(scope: Construct, id: string): logs.LogGroup {
    const { logRetention: retention, removalPolicy, encryptionKey } = this.props;
    return new logs.LogGroup(scope, id, { retention, removalPolicy, encryptionKey });
  }

  private networkOf({ vpc, vpcSubnets, securityGroups }: FunctionDefaultsProps): Pick<FunctionDefaultOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> {
    if (vpc === undefined) {
      const alone = vpcSubnets === undefined ? securityGroups && 'securityGroups' : 'vpcSubnets';
      if (alone !== undefined) {
        throw new Error(`${alone} is given without vpc: name the VPC as well, or leave it out`);
      }
      return {};
    }
    if (securityGroups?.length === 0) {
      throw new Error('securityGroups is empty: name one, or leave it out for one that the construct makes');
    }
    if (vpc.selectSubnets(vpcSubnets).hasPublic) {
      throw new Error('vpcSubnets selects public subnets, from which functions reach neither the internet nor AWS: select private ones');
    }
    return { vpc, vpcSubnets, securityGroups: securityGroups ?? [this.createSecurityGroup(vpc)] };
  }

  /** All that the functions call is called by HTTPS, and nothing calls them there. */
  private createSecurityGroup(vpc: ec2.IVpc): ec2.SecurityGroup {
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: descriptionOf('Functions of ', this.node.scope!),
      allowAllOutbound: false,
    });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS, 'AWS by HTTPS');
    return group;
  }

  /**
   * What Lambda needs to connect functions to a VPC, and what their own code is denied to do with it.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
   */
  private grantNetworkInterfaces(role: iam.IRole): void {
    // The interfaces come and go, and Lambda refuses a role that may not delete any of them.
    const everything = Stack.of(this).formatArn({ service: 'ec2', resource: '*' });
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: INTERFACE_ACTIONS, resources: [everything] }));
    // These actions know no resource.
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: DESCRIBING_ACTIONS, resources: ['*'] }));
    role.addToPrincipalPolicy(new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: [...INTERFACE_ACTIONS, ...DESCRIBING_ACTIONS],
      resources: ['*'],
      // The key is there only when the code of a function calls.
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }));
  }
}
