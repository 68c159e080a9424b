import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';

/** Types of resources whose replacement loses data, or a name that other systems use. */
export const STATEFUL_TYPES: readonly string[] = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Stage',
  'AWS::DynamoDB::Table',
  'AWS::EC2::SecurityGroup',
  'AWS::IAM::Role',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  // Its deletion empties the bucket.
  'Custom::S3AutoDeleteObjects',
];

/** Types of resources whose replacement loses nothing. */
export const STATELESS_TYPES: readonly string[] = [
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::QueuePolicy',
];

/** What of a resource must not change, so that CloudFormation doesn't replace it. */
export interface ResourceIdentity {
  /** Path in the construct. */
  readonly constructPath: string;
  readonly logicalId: string;
  readonly type: string;
  /** Properties for which CloudFormation replaces the resource when they change. */
  readonly fixedProperties: Readonly<Record<string, unknown>>;
}

const SPECIFICATION = loadAwsServiceSpecSync();

/** The resources of a construct, without those that the AWS CDK creates once per stack. */
export function resourcesOf(construct: IConstruct): ResourceIdentity[] {
  const stack = Stack.of(construct);
  const { Resources: resources } = Template.fromStack(stack).toJSON();
  return construct.node.findAll().filter(CfnResource.isCfnResource).map((resource) => {
    const logicalId: string = stack.resolve(resource.logicalId);
    const type = resource.cfnResourceType;
    return {
      constructPath: resource.node.path.slice(construct.node.path.length + 1),
      logicalId,
      type,
      fixedProperties: fixedPropertiesOf(type, resources[logicalId].Properties ?? {}),
    };
  });
}

function fixedPropertiesOf(type: string, properties: object): Record<string, unknown> {
  const [specification] = SPECIFICATION.lookup('resource', 'cloudFormationType', 'equals', type);
  const isFixed = ([name]: [string, unknown]) => (specification?.properties[name]?.causesReplacement ?? 'no') !== 'no';
  return Object.fromEntries(Object.entries(properties).filter(isFixed));
}
