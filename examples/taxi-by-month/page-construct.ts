import * as fs from 'fs';
import * as path from 'path';
import { RemovalPolicy } from 'aws-cdk-lib';
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

/** The web page, in a private bucket behind CloudFront. Its address of the WebSocket is written at deployment. */
export class Page extends Construct {
  public readonly url: string;

  constructor(scope: Construct, id: string, props: { readonly config: PageConfig }) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
      autoDeleteObjects: true,
    });
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: 'The taxi page',
      defaultRootObject: 'index.html',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      },
    });
    new BucketDeployment(this, 'Files', {
      destinationBucket: bucket,
      sources: [
        Source.asset(path.join(__dirname, 'page')),
        Source.data('client/index.js', clientLibrary()),
        Source.jsonData('config.json', props.config),
      ],
      distribution,
      distributionPaths: ['/*'],
    });
    this.url = `https://${distribution.distributionDomainName}`;
  }
}

/** The client library as a browser loads it, which stands in the package beside the file that Node.js requires. */
function clientLibrary(): string {
  const forNode = require.resolve('cdk-redshift-websocket-query/client');
  return fs.readFileSync(path.join(path.dirname(forNode), 'index.js'), 'utf8');
}
