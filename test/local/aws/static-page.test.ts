import * as http from 'node:http';
import { CLIENT_URL, nodeFunction, removeAssemblies, webSocketApi, writeAssembly } from './fixture/assembly';
import type { Assembly, Resources } from './fixture/assembly';
import { startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';

const READ = { Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Resource: ['arn:aws:s3:::*'] };
const MARKER = '<<marker:0xbaba:0>>';

function page(config: Record<string, unknown> = {}, statements: unknown[] = [{ ...READ, Action: 's3:GetObject' }], deployment: Record<string, unknown> = {}): Assembly {
  const resources: Resources = {
    ...nodeFunction('OnMessage', ''),
    ...webSocketApi({ $default: 'OnMessage' }),
    Bucket: { Type: 'AWS::S3::Bucket' },
    Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: statements } } },
    Headers: {
      Type: 'AWS::CloudFront::ResponseHeadersPolicy',
      Properties: {
        ResponseHeadersPolicyConfig: {
          Name: 'Headers',
          SecurityHeadersConfig: {
            ContentSecurityPolicy: { ContentSecurityPolicy: { 'Fn::Sub': ["default-src 'self'; connect-src ${Url}; img-src data:", { Url: CLIENT_URL }] }, Override: true },
            FrameOptions: { FrameOption: 'DENY', Override: true },
            StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
          },
          CustomHeadersConfig: { Items: [{ Header: 'X-Who', Value: 'me', Override: false }] },
        },
      },
    },
    Distribution: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          Enabled: true,
          DefaultRootObject: 'index.html',
          DefaultCacheBehavior: { TargetOriginId: 'bucket', ViewerProtocolPolicy: 'redirect-to-https', ResponseHeadersPolicyId: { Ref: 'Headers' } },
          Origins: [{ Id: 'bucket', DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] }, S3OriginConfig: {} }],
          ...config,
        },
      },
    },
    Deployment: {
      Type: 'Custom::CDKBucketDeployment',
      Properties: {
        ServiceToken: 'provider',
        DestinationBucketName: { Ref: 'Bucket' },
        SourceBucketNames: ['assets', 'assets'],
        SourceObjectKeys: ['page', 'data'],
        SourceMarkers: [{}, { [MARKER]: CLIENT_URL }],
        SourceMarkersConfig: [{}, { jsonEscape: 'true' }],
        Prune: true,
        ...deployment,
      },
    },
  };
  return {
    resources,
    outputs: { client: CLIENT_URL, page: { 'Fn::Sub': 'https://${Distribution.DomainName}' }, domain: { 'Fn::GetAtt': ['Distribution', 'DomainName'] } },
    assets: {
      page: { 'index.html': '<h1>taxi</h1>', 'js/main.js': 'export {};', 'a b.txt': `${MARKER} stays`, 'lost.html': 'nothing here' },
      data: { 'config.json': `{"url":"${MARKER}"}` },
    },
  };
}

/** Requests a path without the normalization of `fetch`. */
async function request(local: RunningLocalAws, path: string, method = 'GET', headers: http.OutgoingHttpHeaders = {}): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    http.request({ port: local.aws.port, host: '127.0.0.1', path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    }).on('error', reject).end();
  });
}

afterAll(removeAssemblies);

describe('a page behind CloudFront', () => {
  let local: RunningLocalAws;

  beforeAll(async () => {
    local = await startLocal(writeAssembly(page()));
  });

  afterAll(async () => local.aws.close());

  it.each([
    ['/', 'text/html', '<h1>taxi</h1>'],
    ['/index.html?month=1', 'text/html', '<h1>taxi</h1>'],
    ['/js/main.js', 'text/javascript', 'export {};'],
    ['/a%20b.txt', 'text/plain', `${MARKER} stays`],
  ])('serves %s as %s', async (path, type, body) => {
    expect(await request(local, path)).toMatchObject({ status: 200, body, headers: { 'content-type': type } });
  });

  it('has the local URL of the WebSocket API in its settings', async () => {
    expect(JSON.parse((await request(local, '/config.json')).body)).toEqual({ url: local.aws.outputs.client });
    expect(local.aws.outputs).toMatchObject({ page: `http://127.0.0.1:${local.aws.port}`, domain: `127.0.0.1:${local.aws.port}` });
  });

  it('redirects another name of this machine to its own origin', async () => {
    const { status, headers } = await request(local, '/js/main.js?month=1', 'GET', { host: `localhost:${local.aws.port}` });
    expect({ status, location: headers.location }).toEqual({ status: 307, location: `http://127.0.0.1:${local.aws.port}/js/main.js?month=1` });
  });

  it('has the headers of its policy with the local URL', async () => {
    expect((await request(local, '/')).headers).toMatchObject({
      'content-security-policy': `default-src 'self'; connect-src ws://127.0.0.1:${local.aws.port}; img-src data:`,
      'x-frame-options': 'DENY',
      'strict-transport-security': 'max-age=60; includeSubDomains',
      'x-who': 'me',
    });
  });

  it('responds to HEAD without a body', async () => {
    expect(await request(local, '/', 'HEAD')).toMatchObject({ status: 200, body: '', headers: { 'content-length': '13' } });
  });

  it.each(['/missing', '/js', '/js/', '/../package.json', '/%2e%2e/package.json', '//index.html', '/__proto__'])('denies access to %s', async (path) => {
    expect(await request(local, path)).toMatchObject({ status: 403, body: expect.stringContaining('<Code>AccessDenied</Code>') });
  });

  it('rejects a malformed path', async () => {
    expect((await request(local, '/%zz')).status).toBe(400);
  });

  it.each(['POST', 'DELETE', 'OPTIONS'])('rejects %s', async (method) => {
    expect((await request(local, '/', method)).status).toBe(403);
  });

  it('leaves the path of the WebSocket API to a response that explains how to connect', async () => {
    const { pathname } = new URL(local.aws.outputs.client);
    expect(await request(local, pathname)).toMatchObject({ status: 426, body: expect.stringContaining('new WebSocket') });
  });
});

describe('a page with other settings', () => {
  async function responses(assembly: Assembly, paths: readonly string[]): Promise<[number, string][]> {
    const local = await startLocal(writeAssembly(assembly));
    const results = await Promise.all(paths.map(async (path) => request(local, path)));
    await local.aws.close();
    return results.map(({ status, body }) => [status, body]);
  }

  it('reports a missing file when the bucket policy lets CloudFront list the bucket', async () => {
    const statements = [{ ...READ, Action: ['s3:GetObject', 's3:ListBucket'] }];
    expect(await responses(page({}, statements), ['/missing'])).toEqual([[404, expect.stringContaining('NoSuchKey')]]);
  });

  it('is denied when the bucket policy does not let CloudFront read', async () => {
    expect(await responses(page({}, []), ['/'])).toEqual([[403, expect.stringContaining('AccessDenied')]]);
  });

  it('is denied when the bucket policy lets only another distribution read', async () => {
    const statements = [{ ...READ, Action: 's3:GetObject', Condition: { StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::111122223333:distribution/OTHER' } } }];
    expect(await responses(page({}, statements), ['/'])).toEqual([[403, expect.stringContaining('AccessDenied')]]);
  });

  it('shows its own error page', async () => {
    const config = { CustomErrorResponses: [{ ErrorCode: 403, ResponseCode: 404, ResponsePagePath: '/lost.html' }] };
    expect(await responses(page(config), ['/missing'])).toEqual([[404, 'nothing here']]);
  });

  it('is copied below a prefix', async () => {
    expect(await responses(page({}, undefined, { DestinationBucketKeyPrefix: 'v1/' }), ['/v1/index.html', '/index.html']))
      .toEqual([[200, '<h1>taxi</h1>'], [403, expect.any(String)]]);
  });

  it('has the metadata of its deployment', async () => {
    const local = await startLocal(writeAssembly(page({}, undefined, { SystemMetadata: { 'cache-control': 'no-cache' } })));
    expect((await request(local, '/')).headers['cache-control']).toBe('no-cache');
    await local.aws.close();
  });

  it.each([
    [{ CacheBehaviors: [] }, 'property DistributionConfig.CacheBehaviors is not supported'],
    [{ Aliases: ['example.com'] }, 'property DistributionConfig.Aliases is not supported'],
    [{ Origins: [{ Id: 'bucket', DomainName: 'example.com' }] }, 'the origin example.com isn\'t a bucket of the template'],
    [{ DefaultCacheBehavior: { TargetOriginId: 'bucket', FunctionAssociations: [{ EventType: 'viewer-request' }] } }, 'FunctionAssociations is not supported'],
    [{ DefaultCacheBehavior: { TargetOriginId: 'bucket', ResponseHeadersPolicyId: 'unknown' } }, 'property ResponseHeadersPolicyId is unknown'],
  ])('is rejected with %j', async (config, problem) => {
    await expect(startLocal(writeAssembly(page(config)))).rejects.toThrow(problem);
  });
});

it('the public port reports that the template has no distribution', async () => {
  const local = await startLocal(writeAssembly({ resources: {} }));
  expect(await request(local, '/')).toMatchObject({ status: 404, body: 'The template has no CloudFront distribution.\n' });
  await local.aws.close();
});
