import * as fs from 'node:fs';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { TaxiByMonthStack } from '../../examples/taxi-by-month/taxi-by-month-stack';
import type { TaxiByMonthStackProps } from '../../examples/taxi-by-month/taxi-by-month-stack';
import { LIBRARY_FILES, pagePolicy } from '../browser/page-server';
import { definitionsOf, ENVIRONMENT, environmentOf } from '../support/construct';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'taxi-by-month');

/** Read before the first synthesis, which writes the file. */
const TYPES = fs.readFileSync(path.join(EXAMPLE, 'queries.d.ts'), 'utf8');

function stackOf(props: TaxiByMonthStackProps = {}): TaxiByMonthStack {
  return new TaxiByMonthStack(new App(), 'TaxiByMonth', { env: ENVIRONMENT, ...props });
}

function settings(template: Template): Record<string, unknown> {
  return environmentOf(template, 'on-message');
}

describe('the taxi example without context', () => {
  const stack = stackOf();
  const template = Template.fromStack(stack);

  it('defines a query for a month and a query for a day, each with limits', () => {
    expect(definitionsOf(stack)).toMatchObject({
      default: { parameters: { trip_month: { kind: 'string' } }, maxRows: 31 },
      by_hour: { parameters: { day: { kind: 'date' } }, maxRows: 25, timeoutSeconds: 300, resultReuseSeconds: 600 },
    });
  });

  it('contains the types of its queries', () => {
    expect(TYPES).toBe(stack.trips.clientTypes());
  });

  it.each(Object.entries(LIBRARY_FILES))('deploys %s beside the page', (name, file) => {
    const { outdir } = App.of(stack) as App;
    const deployed = fs.readdirSync(outdir).map((asset) => path.join(outdir, asset, name)).filter((copy) => fs.existsSync(copy));
    expect(deployed.map((copy) => fs.readFileSync(copy, 'utf8'))).toEqual([fs.readFileSync(file, 'utf8')]);
  });

  it('deploys the files of the page, and neither the README nor its screenshot', () => {
    const { outdir } = App.of(stack) as App;
    const page = fs.readdirSync(outdir).find((asset) => fs.existsSync(path.join(outdir, asset, 'index.html')))!;
    expect(fs.readdirSync(path.join(outdir, page)).sort()).toEqual(fs.readdirSync(path.join(EXAMPLE, 'page')).sort());
  });

  it('uses the default names of the Redshift console for the cluster, the database, and the user', () => {
    expect(settings(template)).toMatchObject({ CLUSTER_IDENTIFIER: 'redshift-cluster-1', DATABASE_NAME: 'dev', DATABASE_USER: 'awsuser' });
  });

  it('accepts connections without credentials', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$connect', AuthorizationType: 'NONE' });
  });

  it('allows only the origin of its page', () => {
    const distribution = expect.objectContaining({ 'Fn::GetAtt': [expect.stringMatching(/^PageDistribution/), 'DomainName'] });
    expect(environmentOf(template, 'on-connect').ALLOWED_ORIGINS).toEqual({ 'Fn::Join': ['', ['["https://', distribution, '"]']] });
  });

  it('sends the Content-Security-Policy with which the page is tested, and the other security headers', () => {
    template.hasResourceProperties('AWS::CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: Match.objectLike({
        SecurityHeadersConfig: Match.objectLike({
          FrameOptions: { FrameOption: 'DENY', Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, IncludeSubdomains: true, Override: true },
          ContentTypeOptions: { Override: true },
        }),
      }),
    });
    const [headers] = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy'));
    const { ContentSecurityPolicy, Override } = headers.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy;
    const parts: (string | { Ref: string })[] = ContentSecurityPolicy['Fn::Join'][1];
    const policy = parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
    const [url] = /wss:\S+(?=;)/.exec(policy)!;
    expect(url).toMatch(/^wss:\/\/<TripsByMonthApi\w+>\.execute-api\.us-east-1\.<AWS::URLSuffix>\/prod$/);
    expect({ policy, Override }).toEqual({ policy: pagePolicy(url), Override: true });
  });

  it('has the URL of the WebSocket API as an output and in config.json', () => {
    const [output] = Object.values(template.findOutputs('RedshiftDataApiWebSocketEndpoint'));
    expect(output.Value['Fn::Join'][1][0]).toBe('wss://');
    template.hasResourceProperties('Custom::CDKBucketDeployment', {
      SourceMarkers: Match.arrayWith([Match.objectLike({ '<<marker:0xbaba:0>>': Match.anyValue() })]),
    });
  });

  it('stores the page in a private bucket that only CloudFront reads, over HTTPS', () => {
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

  it('synthesizes the template of the snapshot', () => {
    expect(template.toJSON()).toMatchSnapshot();
  });
});

describe('the taxi example with context', () => {
  it('uses the cluster, the database, and the user of the context', () => {
    const template = Template.fromStack(stackOf({ clusterIdentifier: 'analytics', databaseName: 'taxis', databaseUser: 'reader' }));
    expect(settings(template)).toMatchObject({ CLUSTER_IDENTIFIER: 'analytics', DATABASE_NAME: 'taxis', DATABASE_USER: 'reader' });
  });

  it('authenticates as the role of the functions on a Serverless workgroup, and warns that its ARN is unknown', () => {
    const stack = stackOf({ workgroupName: 'analytics' });
    expect(settings(Template.fromStack(stack))).toMatchObject({ WORKGROUP_NAME: 'analytics' });
    expect(settings(Template.fromStack(stack))).not.toHaveProperty('DATABASE_USER');
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('fromWorkgroupArn'));
  });

  it('fails when the context contains a cluster and a workgroup', () => {
    expect(() => stackOf({ clusterIdentifier: 'a', workgroupName: 'analytics' }))
      .toThrow("clusterIdentifier 'a' and workgroupName 'analytics' are mutually exclusive: set only one of them");
  });

  it('fails when the context contains a database user for a workgroup', () => {
    expect(() => stackOf({ workgroupName: 'analytics', databaseUser: 'reader' })).toThrow("'reader'");
  });
});
