import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { TaxiByMonthStack } from '../../examples/taxi-by-month/taxi-by-month-stack';
import type { TaxiByMonthStackProps } from '../../examples/taxi-by-month/taxi-by-month-stack';
import { definitionsOf, ENVIRONMENT, environmentOf } from '../support/construct';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'taxi-by-month');

/** Read before any synthesis, which writes the file anew. */
const TYPES = fs.readFileSync(path.join(EXAMPLE, 'queries.d.ts'), 'utf8');

function stackOf(props: TaxiByMonthStackProps = {}): TaxiByMonthStack {
  return new TaxiByMonthStack(new App(), 'TaxiByMonth', { env: ENVIRONMENT, ...props });
}

function settings(template: Template): Record<string, unknown> {
  return environmentOf(template, 'on-message');
}

describe('without context', () => {
  const stack = stackOf();
  const template = Template.fromStack(stack);

  test('asks for a month, and by another name for a day, each with limits', () => {
    expect(definitionsOf(stack)).toMatchObject({
      default: { parameters: { trip_month: { kind: 'string' } }, maximumRows: 31 },
      by_hour: { parameters: { day: { kind: 'date' } }, maximumRows: 25, timeLimitSeconds: 300, resultReuseSeconds: 600 },
    });
  });

  test('writes down the types of its queries, against which the page is checked', () => {
    expect(TYPES).toBe(stack.trips.clientTypes());
  });

  test('puts the client library of the package beside the page', () => {
    const published = fs.readFileSync(path.join(EXAMPLE, '..', '..', 'packages', 'redshift-websocket-client', 'lib', 'index.js'), 'utf8');
    const { outdir } = App.of(stack) as App;
    const deployed = fs.readdirSync(outdir).map((name) => path.join(outdir, name, 'client', 'index.js')).filter((file) => fs.existsSync(file));
    expect(deployed.map((file) => fs.readFileSync(file, 'utf8'))).toEqual([published]);
    expect(published).toMatch(/\bexport\{/);
  });

  test('asks the cluster, database and user that the console proposes', () => {
    expect(settings(template)).toMatchObject({ CLUSTER_IDENTIFIER: 'redshift-cluster-1', DATABASE_NAME: 'dev', DATABASE_USER: 'awsuser' });
  });

  test('is open to anyone, as it says', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'NONE' });
  });

  test('lets in no page but its own', () => {
    const distribution = expect.objectContaining({ 'Fn::GetAtt': [expect.stringMatching(/^PageDistribution/), 'DomainName'] });
    expect(environmentOf(template, 'on-connect').ALLOWED_ORIGINS).toEqual({ 'Fn::Join': ['', ['["https://', distribution, '"]']] });
  });

  test('lets the page run no scripts but its own, talk to no service but its own, and stand in no other page', () => {
    template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: Match.objectLike({
        SecurityHeadersConfig: Match.objectLike({
          ContentSecurityPolicy: {
            Override: true,
            ContentSecurityPolicy: {
              'Fn::Join': ['', Match.arrayWith([
                Match.stringLikeRegexp("default-src 'none'; script-src 'self'; .*connect-src 'self' wss://$"),
                { Ref: Match.stringLikeRegexp('^TripsByMonthApi') },
                Match.stringLikeRegexp("^/prod; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$"),
              ])],
            },
          },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
          ContentTypeOptions: { Override: true },
        }),
      }),
    });
  });

  test('gives the address of the WebSocket, to people and to the page', () => {
    const [output] = Object.values(template.findOutputs('RedshiftDataApiWebSocketEndpoint'));
    expect(output.Value['Fn::Join'][1][0]).toBe('wss://');
    template.hasResourceProperties('Custom::CDKBucketDeployment', { SourceMarkers: [{}, {}, Match.objectLike({ '<<marker:0xbaba:0>>': Match.anyValue() })] });
  });

  test('keeps the page in a private bucket, which only CloudFront reads, over HTTPS', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    });
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        DefaultRootObject: 'index.html',
        DefaultCacheBehavior: Match.objectLike({ ViewerProtocolPolicy: 'redirect-to-https' }),
        Origins: [Match.objectLike({ OriginAccessControlId: Match.anyValue() })],
      }),
    });
  });

  test('synthesizes what the snapshot shows', () => {
    expect(template.toJSON()).toMatchSnapshot();
  });
});

describe('with context', () => {
  test('asks the cluster, the database and the user that were named', () => {
    const template = Template.fromStack(stackOf({ clusterIdentifier: 'analytics', databaseName: 'taxis', databaseUser: 'reader' }));
    expect(settings(template)).toMatchObject({ CLUSTER_IDENTIFIER: 'analytics', DATABASE_NAME: 'taxis', DATABASE_USER: 'reader' });
  });

  test('asks a Serverless workgroup as the role of the functions, and warns that its ARN is not known', () => {
    const stack = stackOf({ workgroupName: 'analytics' });
    expect(settings(Template.fromStack(stack))).toMatchObject({ WORKGROUP_NAME: 'analytics' });
    expect(settings(Template.fromStack(stack))).not.toHaveProperty('DATABASE_USER');
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('fromWorkgroupArn'));
  });

  test('fails when both a cluster and a workgroup are named', () => {
    expect(() => stackOf({ clusterIdentifier: 'a', workgroupName: 'analytics' })).toThrow("give either clusterIdentifier ('a') or workgroupName ('analytics'), not both");
  });

  test('fails when a user is to sign in to a workgroup by name', () => {
    expect(() => stackOf({ workgroupName: 'analytics', databaseUser: 'reader' })).toThrow("the database user 'reader' cannot sign in");
  });
});
