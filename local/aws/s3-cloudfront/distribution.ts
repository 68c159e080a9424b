import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Buckets, StoredObject } from './bucket';
import type { BucketAccess } from './bucket-access';
import type { DistributionPlan } from './distribution-plan';
import { s3ErrorXml } from './s3-error';

interface DistributionResponse {
  readonly statusCode: number;
  readonly object: StoredObject;
}

/** A CloudFront distribution with a bucket as origin. */
export class Distribution {
  private readonly headers: DistributionPlan['headers'];

  constructor(
    private readonly plan: DistributionPlan,
    private readonly access: BucketAccess,
    private readonly buckets: Buckets,
    localizeHeader: (value: string) => string,
  ) {
    this.headers = { ...plan.headers, set: plan.headers.set.map((header) => ({ ...header, value: localizeHeader(header.value) })) };
  }

  /** Responds to a viewer request. */
  public serve(request: IncomingMessage, response: ServerResponse): void {
    const { statusCode, object } = this.respond(request);
    response.writeHead(statusCode, this.withPolicy({ ...object.headers, 'content-length': String(object.body.length) }));
    response.end(request.method === 'HEAD' ? undefined : object.body);
  }

  private respond({ method = '', url = '/' }: IncomingMessage): DistributionResponse {
    if (!this.plan.methods.includes(method)) {
      return { statusCode: 403, object: errorObject('MethodNotAllowed', `The distribution doesn't allow the method ${method}.`) };
    }
    const origin = this.read(keyOf(url));
    const page = this.plan.errorPages.get(origin.statusCode);
    if (page === undefined) {
      return origin;
    }
    const body = page.path === undefined ? undefined : this.read(keyOf(page.path));
    return { statusCode: page.statusCode, object: body?.statusCode === 200 ? body.object : origin.object };
  }

  private read(key: string | undefined): DistributionResponse {
    const { access, plan: { bucketName, defaultRootObject, originPath } } = this;
    if (key === undefined) {
      return { statusCode: 400, object: errorObject('InvalidURI', 'The URL is malformed.') };
    }
    const name = key === '' ? defaultRootObject ?? '' : key;
    const object = this.buckets.get(bucketName)?.get(originPath === '' ? name : `${originPath}/${name}`);
    if (object !== undefined && access.mayRead) {
      return { statusCode: 200, object };
    }
    return access.mayList && access.mayRead
      ? { statusCode: 404, object: errorObject('NoSuchKey', 'The specified key does not exist.') }
      : { statusCode: 403, object: errorObject('AccessDenied', 'Access Denied') };
  }

  private withPolicy(headers: Record<string, string>): Record<string, string> {
    const result = { ...headers };
    this.headers.remove.forEach((name) => delete result[name]);
    for (const { name, value, override } of this.headers.set) {
      if (override || !(name in result)) {
        result[name] = value;
      }
    }
    return result;
  }
}

/** Returns the object key of a URL, or undefined if the URL is malformed. */
function keyOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?')[0].slice(1));
  } catch {
    return undefined;
  }
}

function errorObject(code: string, message: string): StoredObject {
  return { body: Buffer.from(s3ErrorXml(code, message)), headers: { 'content-type': 'application/xml' } };
}
