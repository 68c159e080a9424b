import { HARMLESS_TAGS, named } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const MEMORY = 'objects stay in the memory of one process, until it ends';
const DISTANCE = 'every viewer is on this machine';
const NOT_CACHED = 'local answers are not cached';
const DISTRIBUTION_ID_LENGTH = 13;

function bucketName(bucket: ResourceIdentity): string {
  return bucket.property('BucketName') ?? bucket.generatedName.toLowerCase();
}

function bucketArn(bucket: ResourceIdentity): string {
  return `arn:${bucket.environment.partition}:s3:::${bucketName(bucket)}`;
}

function distributionId({ generatedId }: ResourceIdentity): string {
  return `E${generatedId(DISTRIBUTION_ID_LENGTH).toUpperCase()}`;
}

/** The resource types of Amazon S3, Amazon CloudFront and the CDK's bucket deployment. */
export const S3_CLOUDFRONT_TYPES: ResourceTypes = {
  'AWS::S3::Bucket': {
    honoured: ['BucketName'],
    harmless: {
      ...HARMLESS_TAGS,
      BucketEncryption: MEMORY,
      LifecycleConfiguration: 'it counts in whole days, and objects end with the process that has them in memory',
      OwnershipControls: 'there is one account',
      PublicAccessBlockConfiguration: 'a bucket is reached only through its distribution, and by callers with credentials of the stack',
      VersioningConfiguration: MEMORY,
    },
    ref: bucketName,
    attributes: {
      Arn: bucketArn,
      DomainName: (bucket) => `${bucketName(bucket)}.s3.${bucket.environment.urlSuffix}`,
      RegionalDomainName: (bucket) => `${bucketName(bucket)}.s3.${bucket.environment.region}.${bucket.environment.urlSuffix}`,
    },
  },
  'AWS::S3::BucketPolicy': {
    honoured: ['Bucket', 'PolicyDocument'],
    harmless: {},
    ref: named('Bucket'),
  },
  'AWS::CloudFront::Distribution': {
    honoured: [
      'DistributionConfig.CustomErrorResponses.ErrorCode',
      'DistributionConfig.CustomErrorResponses.ResponseCode',
      'DistributionConfig.CustomErrorResponses.ResponsePagePath',
      'DistributionConfig.DefaultCacheBehavior.AllowedMethods',
      'DistributionConfig.DefaultCacheBehavior.ResponseHeadersPolicyId',
      'DistributionConfig.DefaultCacheBehavior.TargetOriginId',
      'DistributionConfig.DefaultRootObject',
      'DistributionConfig.Enabled',
      'DistributionConfig.Origins.DomainName',
      'DistributionConfig.Origins.Id',
      'DistributionConfig.Origins.OriginPath',
    ],
    harmless: {
      ...HARMLESS_TAGS,
      'DistributionConfig.Comment': 'for people',
      'DistributionConfig.CustomErrorResponses.ErrorCachingMinTTL': NOT_CACHED,
      'DistributionConfig.DefaultCacheBehavior.CachedMethods': NOT_CACHED,
      'DistributionConfig.DefaultCacheBehavior.CachePolicyId': NOT_CACHED,
      'DistributionConfig.DefaultCacheBehavior.Compress': DISTANCE,
      'DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy': 'the local address is plain HTTP, which never leaves this machine',
      'DistributionConfig.HttpVersion': 'the local address speaks HTTP/1.1',
      'DistributionConfig.IPV6Enabled': 'the only address is 127.0.0.1',
      'DistributionConfig.Origins.ConnectionAttempts': DISTANCE,
      'DistributionConfig.Origins.ConnectionTimeout': DISTANCE,
      'DistributionConfig.Origins.OriginAccessControlId': 'the bucket policy decides who may read',
      'DistributionConfig.Origins.S3OriginConfig': 'the bucket policy decides who may read',
      'DistributionConfig.PriceClass': DISTANCE,
      'DistributionConfig.ViewerCertificate.CloudFrontDefaultCertificate': 'the local address is plain HTTP',
      'DistributionConfig.ViewerCertificate.MinimumProtocolVersion': 'the local address is plain HTTP',
    },
    values: { 'DistributionConfig.Enabled': [true, 'true'] },
    ref: distributionId,
    attributes: {
      DomainName: ({ generatedId }) => `d${generatedId(DISTRIBUTION_ID_LENGTH)}.cloudfront.net`,
      Id: distributionId,
    },
  },
  'AWS::CloudFront::OriginAccessControl': {
    honoured: [],
    harmless: { OriginAccessControlConfig: 'the bucket policy decides who may read' },
    ref: distributionId,
    attributes: { Id: distributionId },
  },
  'AWS::CloudFront::ResponseHeadersPolicy': {
    honoured: [
      'ResponseHeadersPolicyConfig.CustomHeadersConfig.Items',
      'ResponseHeadersPolicyConfig.RemoveHeadersConfig.Items',
      'ResponseHeadersPolicyConfig.SecurityHeadersConfig',
    ],
    harmless: { 'ResponseHeadersPolicyConfig.Comment': 'for people', 'ResponseHeadersPolicyConfig.Name': 'for people' },
    ref: distributionId,
    attributes: { Id: distributionId },
  },
  'Custom::CDKBucketDeployment': {
    honoured: ['DestinationBucketKeyPrefix', 'DestinationBucketName', 'Extract', 'Prune', 'SourceBucketNames', 'SourceMarkers', 'SourceMarkersConfig',
      'SourceObjectKeys', 'SystemMetadata'],
    harmless: {
      DestinationBucketArn: 'named already by DestinationBucketName',
      DistributionId: NOT_CACHED,
      DistributionPaths: NOT_CACHED,
      OutputObjectKeys: 'told to CloudFormation only',
      RetainOnDelete: MEMORY,
      ServiceTimeout: 'files are copied at once',
      ServiceToken: 'what the provider function does is done by the local AWS',
      SignContent: 'files are copied at once',
      UserMetadata: 'CloudFront shows it as x-amz-meta- headers only',
      WaitForDistributionInvalidation: NOT_CACHED,
    },
    values: { Extract: [true, 'true'] },
    ref: ({ generatedName }) => generatedName,
    attributes: { DestinationBucketArn: (deployment) => deployment.property('DestinationBucketArn') ?? '' },
  },
  'Custom::S3AutoDeleteObjects': {
    honoured: [],
    harmless: { BucketName: MEMORY, ServiceToken: 'there is no stack to delete: objects end with the process that has them in memory' },
    ref: ({ generatedName }) => generatedName,
  },
};
