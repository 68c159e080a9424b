import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { decodeAwsChunked } from './aws-chunked';
import type { Buckets, StoredObject } from './bucket';
import { readS3Request } from './s3-request';
import type { S3Request } from './s3-request';
import { restInput, serviceModel } from '../../service-models';
import type { ApiCall, ApiService } from '../api-endpoint';
import { AwsError } from '../http';
import type { AccessRequest, Decision } from '../iam/access-request';
import type { StackEnvironment } from '../template/template';

type Bucket = Map<string, StoredObject>;

const MAX_KEY_BYTES = 1024;
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';
/** Headers that are stored with an object. */
const STORED_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'content-type', 'expires'];
const METADATA_PREFIX = 'x-amz-meta-';
const CHECKSUM = /^x-amz-checksum-(?:crc32|crc32c|crc64nvme|sha1|sha256)$/;
/** Headers that the AWS SDK sends with each call. */
const SDK_HEADERS = ['x-amz-checksum-mode', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-decoded-content-length', 'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token', 'x-amz-trailer', 'x-amz-user-agent'];
const CONDITIONS = ['if-match', 'if-modified-since', 'if-none-match', 'if-unmodified-since', 'range'];

/** The S3 API. */
export function s3Api(buckets: Buckets, { partition }: StackEnvironment, decide: (request: AccessRequest) => Promise<Decision>): ApiService {
  const model = serviceModel('s3');
  const bucketArn = (name: string) => `arn:${partition}:s3:::${name}`;
  const serve = async (call: ApiCall, response: ServerResponse) => {
    const request = readS3Request(call.request);
    if (call.operation !== 'GetObject' && call.operation !== 'PutObject') {
      throw new AwsError('NotImplemented', `S3 ${call.operation} is not supported by the local AWS`, 501);
    }
    checkSupported(request, call.request.headers);
    const bucket = buckets.get(request.bucketName);
    if (bucket === undefined) {
      throw new AwsError('NoSuchBucket', `The bucket ${request.bucketName} doesn't exist.`, 404);
    }
    if (call.operation === 'PutObject') {
      putObject(bucket, request.key, call, response);
    } else {
      const object = bucket.get(request.key) ?? missing(await decide({ principal: call.role, action: 's3:ListBucket', resource: bucketArn(request.bucketName) }));
      getObject(object, call, response);
    }
  };
  return {
    model,
    input: ({ operation, request, body }) => {
      const { bucketName, key } = readS3Request(request);
      const query = new URLSearchParams((request.url ?? '').split('?')[1]);
      return restInput(model, operation, { headers: request.headers, query, path: { Bucket: bucketName, Key: key }, body });
    },
    access: ({ operation, request }) => {
      const { bucketName, key } = readS3Request(request);
      return [{ action: `s3:${operation}`, resource: `${bucketArn(bucketName)}/${key}` }];
    },
    accessDenied: (reason) => new AwsError('AccessDenied', reason, 403),
    invalid: (problem) => new AwsError('InvalidRequest', problem),
    serve,
  };
}

/** S3 returns NoSuchKey only to callers with the permission s3:ListBucket. */
function missing({ allowed, reason }: Decision): never {
  throw allowed ? new AwsError('NoSuchKey', 'The specified key does not exist.', 404) : new AwsError('AccessDenied', reason, 403);
}

function putObject(bucket: Bucket, key: string, { body, request: { headers } }: ApiCall, response: ServerResponse): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new AwsError('KeyTooLongError', `The key has ${Buffer.byteLength(key)} bytes, but must have at most ${MAX_KEY_BYTES}.`);
  }
  const object = receivedObject(headers, body);
  bucket.set(key, object);
  response.writeHead(200, { etag: etag(object), ...object.checksums }).end();
}

function getObject(object: StoredObject, { request }: ApiCall, response: ServerResponse): void {
  const checksums = request.headers['x-amz-checksum-mode'] === 'ENABLED' ? object.checksums : {};
  response.writeHead(200, { ...object.headers, ...checksums, 'content-length': object.body.length, 'etag': etag(object) }).end(object.body);
}

function receivedObject(headers: IncomingHttpHeaders, sent: Buffer): StoredObject {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim()).filter((encoding) => encoding !== '');
  const { body, trailers } = encodings.includes('aws-chunked') ? decodeAwsChunked(sent) : { body: sent, trailers: {} };
  checkBody(headers, body);
  const strings = Object.entries({ ...headers, ...trailers }) as [string, string][];
  const encoding = encodings.filter((name) => name !== 'aws-chunked').join(',');
  return {
    body,
    headers: {
      'content-type': DEFAULT_CONTENT_TYPE,
      ...Object.fromEntries(strings.filter(([name]) => STORED_HEADERS.includes(name) || name.startsWith(METADATA_PREFIX))),
      ...encoding === '' ? {} : { 'content-encoding': encoding },
      'last-modified': new Date().toUTCString(),
    },
    checksums: Object.fromEntries(strings.filter(([name]) => CHECKSUM.test(name))),
  };
}

function checkBody(headers: IncomingHttpHeaders, body: Buffer): void {
  const length = headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== body.length) {
    throw new AwsError('IncompleteBody', `The body has ${body.length} bytes, but x-amz-decoded-content-length is ${String(length)}.`);
  }
  const digest = headers['x-amz-content-sha256'];
  if (typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest) && digest !== createHash('sha256').update(body).digest('hex')) {
    throw new AwsError('XAmzContentSHA256Mismatch', 'The body doesn\'t match x-amz-content-sha256.');
  }
}

function checkSupported({ operation, parameters }: S3Request, headers: IncomingHttpHeaders): void {
  const [parameter] = parameters;
  const header = Object.keys(headers).find((name) => CONDITIONS.includes(name) || (
    name.startsWith('x-amz-') && !SDK_HEADERS.includes(name) && !CHECKSUM.test(name) && !name.startsWith(METADATA_PREFIX)));
  const unknown = parameter === undefined ? header && `header ${header}` : `parameter ${parameter}`;
  if (unknown !== undefined) {
    throw new AwsError('NotImplemented', `the ${unknown} of S3 ${operation} is not supported by the local AWS`, 501);
  }
}

function etag({ body }: StoredObject): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
