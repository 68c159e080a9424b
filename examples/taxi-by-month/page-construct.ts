import * as fs from 'fs';
import * as path from 'path';
import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';

/** What the page reads from `config.json` beside it. */
export interface PageConfig {
  /** The address of the WebSocket. */
  readonly url: string;
  /** The month that is picked at first, such as `2015-01`. */
  readonly month: string;
  /** A sentence to show above the rest. */
  readonly notice?: string;
}

/** The web page, in a private bucket behind CloudFront. Its address is known before the service that it asks: that lets in no page but this. */
export class Page extends Construct {
  public readonly url: string;
  private readonly bucket: s3.Bucket;
  private readonly distribution: cloudfront.Distribution;
  private config?: PageConfig;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: 'The taxi page',
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.headers(Lazy.string({ produce: () => this.config?.url })),
      },
    });
    this.url = `https://${this.distribution.distributionDomainName}`;
  }

  /** Puts the files into the bucket, with what the page has to know. */
  public deploy(config: PageConfig): void {
    this.config = config;
    new BucketDeployment(this, 'Files', {
      destinationBucket: this.bucket,
      sources: [
        Source.asset(path.join(__dirname, 'page')),
        Source.data('client/index.js', clientLibrary()),
        Source.jsonData('config.json', config),
      ],
      distribution: this.distribution,
      distributionPaths: ['/*'],
    });
  }

  /** The page runs its own scripts and no others, talks to its own service and to no other, and stands in no other page. */
  private headers(webSocketUrl: string): cloudfront.ResponseHeadersPolicy {
    const contentSecurityPolicy = [
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", `connect-src 'self' ${webSocketUrl}`,
      "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    ].join('; ');
    return new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
      comment: 'The taxi page',
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
      customHeadersBehavior: {
        customHeaders: [{ header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true }],
      },
    });
  }
}

/** Returns the ES module of the client library. It is in the same directory of the package as the CommonJS module, which `require.resolve` returns. */
function clientLibrary(): string {
  const directory = path.dirname(require.resolve('redshift-websocket-client'));
  return fs.readFileSync(path.join(directory, 'index.js'), 'utf8');
}
