import { IGNORED_TAGS, named } from '../template/resource-type';
import type { ResourceIdentity, ResourceTypes } from '../template/resource-type';

const MEMORY = 'objects are stored in memory';
const LOCAL_VIEWERS = 'all viewers are on this machine';
const NOT_CACHED = 'responses are not cached';
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
    supported: ['BucketName'],
    ignored: {
      ...IGNORED_TAGS,
      BucketEncryption: MEMORY,
      LifecycleConfiguration: MEMORY,
      OwnershipControls: 'there is one account',
      PublicAccessBlockConfiguration: 'buckets are accessible only through the distribution and with credentials of the stack',
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
    supported: ['Bucket', 'PolicyDocument'],
    ignored: {},
    ref: named('Bucket'),
  },
  'AWS::CloudFront::Distribution': {
    supported: [
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
    ignored: {
      ...IGNORED_TAGS,
      'DistributionConfig.Comment': 'informational',
      'DistributionConfig.CustomErrorResponses.ErrorCachingMinTTL': NOT_CACHED,
      'DistributionConfig.DefaultCacheBehavior.CachedMethods': NOT_CACHED,
      'DistributionConfig.DefaultCacheBehavior.CachePolicyId': NOT_CACHED,
      'DistributionConfig.DefaultCacheBehavior.Compress': LOCAL_VIEWERS,
      'DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy': 'the local URL uses HTTP',
      'DistributionConfig.HttpVersion': 'the local URL uses HTTP/1.1',
      'DistributionConfig.IPV6Enabled': 'the only address is 127.0.0.1',
      'DistributionConfig.Origins.ConnectionAttempts': LOCAL_VIEWERS,
      'DistributionConfig.Origins.ConnectionTimeout': LOCAL_VIEWERS,
      'DistributionConfig.Origins.OriginAccessControlId': 'the bucket policy decides who may read',
      'DistributionConfig.Origins.S3OriginConfig': 'the bucket policy decides who may read',
      'DistributionConfig.PriceClass': LOCAL_VIEWERS,
      'DistributionConfig.ViewerCertificate.CloudFrontDefaultCertificate': 'the local URL uses HTTP',
      'DistributionConfig.ViewerCertificate.MinimumProtocolVersion': 'the local URL uses HTTP',
    },
    values: { 'DistributionConfig.Enabled': [true, 'true'] },
    ref: distributionId,
    attributes: {
      DomainName: ({ generatedId }) => `d${generatedId(DISTRIBUTION_ID_LENGTH)}.cloudfront.net`,
      Id: distributionId,
    },
  },
  'AWS::CloudFront::OriginAccessControl': {
    supported: [],
    ignored: { OriginAccessControlConfig: 'the bucket policy decides who may read' },
    ref: distributionId,
    attributes: { Id: distributionId },
  },
  'AWS::CloudFront::ResponseHeadersPolicy': {
    supported: [
      'ResponseHeadersPolicyConfig.CustomHeadersConfig.Items',
      'ResponseHeadersPolicyConfig.RemoveHeadersConfig.Items',
      'ResponseHeadersPolicyConfig.SecurityHeadersConfig',
    ],
    ignored: { 'ResponseHeadersPolicyConfig.Comment': 'informational', 'ResponseHeadersPolicyConfig.Name': 'informational' },
    ref: distributionId,
    attributes: { Id: distributionId },
  },
  'Custom::CDKBucketDeployment': {
    supported: ['DestinationBucketKeyPrefix', 'DestinationBucketName', 'Extract', 'Prune', 'SourceBucketNames', 'SourceMarkers', 'SourceMarkersConfig',
      'SourceObjectKeys', 'SystemMetadata'],
    ignored: {
      DestinationBucketArn: 'the same bucket as DestinationBucketName',
      DistributionId: NOT_CACHED,
      DistributionPaths: NOT_CACHED,
      OutputObjectKeys: 'only for CloudFormation',
      RetainOnDelete: MEMORY,
      ServiceTimeout: 'files are copied immediately',
      ServiceToken: 'the local AWS copies the files',
      SignContent: 'files are copied immediately',
      UserMetadata: 'user metadata is not stored',
      WaitForDistributionInvalidation: NOT_CACHED,
    },
    values: { Extract: [true, 'true'] },
    ref: ({ generatedName }) => generatedName,
    attributes: { DestinationBucketArn: (deployment) => deployment.property('DestinationBucketArn') ?? '' },
  },
  'Custom::S3AutoDeleteObjects': {
    supported: [],
    ignored: { BucketName: MEMORY, ServiceToken: MEMORY },
    ref: ({ generatedName }) => generatedName,
  },
};
