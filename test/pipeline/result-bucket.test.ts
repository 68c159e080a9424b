import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { templateOf } from '../support/construct';

describe('the result bucket', () => {
  const template = templateOf();

  it('is encrypted and blocks public access', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  it('denies access without TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([Match.objectLike({
          Action: 's3:*',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        })]),
      }),
    });
  });

  it('aborts incomplete uploads after a day', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' })] },
    });
  });

  it.each<[number, string, Partial<RedshiftWebSocketQueryProps>]>([
    [2, 'nothing is configured', {}],
    [2, 'timeout and retention total one day', { timeout: Duration.hours(1), resultRetention: Duration.hours(23) }],
    [3, 'timeout and retention total one day and a second', { timeout: Duration.seconds(3601), resultRetention: Duration.hours(23) }],
    [2, 'the retention is zero', { timeout: Duration.seconds(1), resultRetention: Duration.seconds(0) }],
    [9, 'timeout and retention are the maximum', { timeout: Duration.hours(24), resultRetention: Duration.days(7) }],
    [3, 'only the reuse is long', { resultReuse: Duration.hours(30) }],
  ])('retains an object for %i days when %s', (days, _, props) => {
    templateOf(props).hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: days })] } });
  });

  it('is emptied and removed with the construct', () => {
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
    template.hasResourceProperties('Custom::S3AutoDeleteObjects', { BucketName: { Ref: bucket } });
  });

  it.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('is retained with its objects when the removal policy is %s', (removalPolicy) => {
    const retained = templateOf({ removalPolicy });
    retained.allResources('AWS::S3::Bucket', { DeletionPolicy: Match.stringLikeRegexp('^Retain') });
    retained.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });
});
