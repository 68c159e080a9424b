import { responseHeaders } from './response-headers';
import type { ResponseHeaders } from './response-headers';
import type { Properties } from '../template/properties';
import type { Stack } from '../template/stack';

/** A distribution with a bucket as origin. */
export interface DistributionPlan {
  readonly arn: string;
  readonly domainName: string;
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly originPath: string;
  readonly defaultRootObject?: string;
  readonly methods: readonly string[];
  readonly headers: ResponseHeaders;
  readonly errorPages: ReadonlyMap<number, ErrorPage>;
}

export interface ErrorPage {
  readonly path?: string;
  readonly statusCode: number;
}

/** Reads the distribution of the stack. Only one is supported. */
export function planDistribution(stack: Stack): DistributionPlan | undefined {
  const plans = stack.plan('AWS::CloudFront::Distribution', ({ ref, attribute, properties }) =>
    planOne(stack, ref, attribute('DomainName'), properties.object('DistributionConfig')));
  const [, second] = stack.resources('AWS::CloudFront::Distribution');
  if (second !== undefined) {
    stack.addProblem(second.logicalId, second.type, 'a second distribution is not supported by the local AWS');
  }
  return plans[0];
}

function planOne(stack: Stack, distributionId: string, domainName: string, config: Properties): DistributionPlan {
  const behavior = config.object('DefaultCacheBehavior');
  const originId = behavior.string('TargetOriginId');
  const origin = config.objects('Origins').find((candidate) => candidate.string('Id') === originId);
  if (origin === undefined) {
    throw new Error(`property DefaultCacheBehavior.TargetOriginId is ${originId}, which isn't an origin of the distribution`);
  }
  const host = origin.string('DomainName');
  const bucket = stack.resources('AWS::S3::Bucket')
    .find(({ attribute }) => [attribute('RegionalDomainName'), attribute('DomainName')].includes(host));
  if (bucket === undefined) {
    throw new Error(`the origin ${host} isn't a bucket of the template: other origins are not supported by the local AWS`);
  }
  const methods = behavior.list('AllowedMethods').map(String);
  return {
    arn: `arn:${stack.environment.partition}:cloudfront::${stack.environment.accountId}:distribution/${distributionId}`,
    domainName,
    bucketName: bucket.ref,
    bucketArn: bucket.attribute('Arn'),
    originPath: (origin.optionalString('OriginPath') ?? '').replace(/^\//, ''),
    defaultRootObject: config.optionalString('DefaultRootObject'),
    methods: methods.length === 0 ? ['GET', 'HEAD'] : methods.filter((method) => ['GET', 'HEAD'].includes(method)),
    headers: responseHeaders(stack, behavior.optionalString('ResponseHeadersPolicyId')),
    errorPages: new Map(config.objects('CustomErrorResponses').map((page) => {
      const errorCode = Number(page.string('ErrorCode'));
      return [errorCode, { path: page.optionalString('ResponsePagePath'), statusCode: page.integer('ResponseCode', errorCode) }];
    })),
  };
}
