import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Buckets, StoredObject } from './bucket';
import type { BucketAccess } from './bucket-access';
import type { DistributionPlan } from './distribution-plan';
import { s3ErrorXml } from './s3-error';

interface Answer {
  readonly statusCode: number;
  readonly object: StoredObject;
}

/** A distribution of CloudFront before a bucket. */
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

  /** Answers a viewer. */
  public serve(request: IncomingMessage, response: ServerResponse): void {
    const { statusCode, object } = this.answer(request);
    response.writeHead(statusCode, this.withPolicy({ ...object.headers, 'content-length': String(object.body.length) }));
    response.end(request.method === 'HEAD' ? undefined : object.body);
  }

  private answer({ method = '', url = '/' }: IncomingMessage): Answer {
    if (!this.plan.methods.includes(method)) {
      return { statusCode: 403, object: errorObject('MethodNotAllowed', `the distribution does not take ${method}`) };
    }
    const answer = this.read(keyOf(url));
    const page = this.plan.errorPages.get(answer.statusCode);
    if (page === undefined) {
      return answer;
    }
    const body = page.path === undefined ? undefined : this.read(keyOf(page.path));
    return { statusCode: page.statusCode, object: body?.statusCode === 200 ? body.object : answer.object };
  }

  private read(key: string | undefined): Answer {
    const { access, plan: { bucketName, defaultRootObject, originPath } } = this;
    if (key === undefined) {
      return { statusCode: 400, object: errorObject('InvalidURI', 'the address is not well formed') };
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

/** The key of an address; undefined when it is not well formed. Keys are plain names: no dots in them lead anywhere. */
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
