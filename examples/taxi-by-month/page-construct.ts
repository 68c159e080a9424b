import * as fs from 'fs';
import * as path from 'path';
import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';

/** The settings that the page loads from `config.json`. */
export interface PageConfig {
  /** URL of the WebSocket API. */
  readonly url: string;
  /** Month that the page suggests, such as `2015-01`. */
  readonly month: string;
  /** Sentence that the page shows below its heading. @default - none */
  readonly notice?: string;
}

/** Files of npm packages that the page loads, by the path beside the page. The page has no build step. */
const LIBRARY_FILES: Readonly<Record<string, string>> = {
  'client/index.js': path.join(path.dirname(require.resolve('redshift-websocket-client')), 'index.js'),
  'uplot/uPlot.esm.js': require.resolve('uplot/dist/uPlot.esm.js'),
  'uplot/uPlot.min.css': require.resolve('uplot/dist/uPlot.min.css'),
};

/**
 * A web page in a private S3 bucket behind CloudFront.
 *
 * The URL of the page is known before the API, so that the API can allow only this origin. The files are deployed after the API.
 */
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
      comment: 'Taxi trips by month',
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(this.bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.createResponseHeadersPolicy(),
      },
    });
    this.url = `https://${this.distribution.distributionDomainName}`;
  }

  /** Copies the page, its libraries, and its settings to the bucket. */
  public deploy(config: PageConfig): void {
    this.config = config;
    new BucketDeployment(this, 'Files', {
      destinationBucket: this.bucket,
      sources: [
        Source.asset(path.join(__dirname, 'page')),
        ...Object.entries(LIBRARY_FILES).map(([key, file]) => Source.data(key, fs.readFileSync(file, 'utf8'))),
        Source.jsonData('config.json', config),
      ],
      distribution: this.distribution,
      distributionPaths: ['/*'],
    });
  }

  private createResponseHeadersPolicy(): cloudfront.ResponseHeadersPolicy {
    return new cloudfront.ResponseHeadersPolicy(this, 'Headers', {
      comment: 'Taxi trips by month',
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          contentSecurityPolicy: contentSecurityPolicy(Lazy.string({ produce: () => this.config?.url })),
          override: true,
        },
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

/** The Content-Security-Policy of the page: only its own scripts and styles, only its own API, and no other page can frame it. */
function contentSecurityPolicy(webSocketUrl: string): string {
  return [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", `connect-src 'self' ${webSocketUrl}`,
    "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  ].join('; ');
}
