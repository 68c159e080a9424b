import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { templateOf } from '../support/construct';

describe('the result bucket', () => {
  const template = templateOf();

  test('is encrypted, and closed to the public', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  test('refuses access without TLS', () => {
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

  test('forgets an upload that was not finished', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' })] },
    });
  });

  test.each<[number, string, Partial<RedshiftWebSocketQueryProps>]>([
    [2, 'nothing is said', {}],
    [2, 'time limit and retention make one day', { timeout: Duration.hours(1), resultRetention: Duration.hours(23) }],
    [3, 'time limit and retention make a second more', { timeout: Duration.seconds(3601), resultRetention: Duration.hours(23) }],
    [2, 'nothing is to be kept', { timeout: Duration.seconds(1), resultRetention: Duration.seconds(0) }],
    [9, 'time limit and retention are the longest', { timeout: Duration.hours(24), resultRetention: Duration.days(7) }],
    [3, 'only the reuse is long', { resultReuse: Duration.hours(30) }],
  ])('keeps an object for %i days where %s', (days, _, props) => {
    templateOf(props).hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: days })] } });
  });

  test('is emptied and removed with the construct', () => {
    template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket'));
    template.hasResourceProperties('Custom::S3AutoDeleteObjects', { BucketName: { Ref: bucket } });
  });

  test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('stays, with its objects, under the removal policy %s', (removalPolicy) => {
    const retained = templateOf({ removalPolicy });
    retained.allResources('AWS::S3::Bucket', { DeletionPolicy: Match.stringLikeRegexp('^Retain') });
    retained.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });
});
