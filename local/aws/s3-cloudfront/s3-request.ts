import type { IncomingMessage } from 'node:http';
import { AwsError } from '../http';

/** A parsed S3 request. */
export interface S3Request {
  readonly operation: string;
  readonly bucketName: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  /** Names of the query string parameters, without the operation name. */
  readonly parameters: readonly string[];
}

type Message = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** Operations whose name the AWS SDK doesn't send. */
const UNNAMED_OPERATIONS: Readonly<Record<string, string>> = {
  'GET bucket list-type': 'ListObjectsV2',
  'HEAD bucket': 'HeadBucket',
  'HEAD object': 'HeadObject',
  'POST bucket delete': 'DeleteObjects',
  'POST object uploads': 'CreateMultipartUpload',
};

const OPERATION_PARAMETER = 'x-id';

/** Parses a request with a path-style URL: /bucket/key. */
export function readS3Request(request: Message): S3Request {
  const [path, queryString = ''] = (request.url ?? '/').split('?');
  const [, bucketName = '', ...keyParts] = path.split('/');
  const query = new URLSearchParams(queryString);
  const parameters = [...query.keys()].filter((name) => name !== OPERATION_PARAMETER);
  const key = decode(keyParts.join('/'));
  return { operation: operationOf(request, key, parameters, query.get(OPERATION_PARAMETER)), bucketName: decode(bucketName), key, parameters };
}

function operationOf({ method = '', headers }: Message, key: string, parameters: readonly string[], name: string | null): string {
  if (key !== '' && parameters.length === 0) {
    if (method === 'GET') {
      return 'GetObject';
    }
    if (method === 'PUT' && headers['x-amz-copy-source'] === undefined) {
      return 'PutObject';
    }
  }
  const description = [method, key === '' ? 'bucket' : 'object', ...parameters].join(' ');
  return name ?? UNNAMED_OPERATIONS[description] ?? description;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new AwsError('InvalidURI', `The URL contains "${value}", which is malformed.`);
  }
}
