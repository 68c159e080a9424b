import type { IncomingMessage } from 'node:http';
import { AwsError } from '../http';

/** What a request to S3 is about. */
export interface S3Request {
  readonly operation: string;
  readonly bucketName: string;
  /** Empty when the request is about the bucket. */
  readonly key: string;
  /** The names in its query string, but for the one that only names the operation. */
  readonly parameters: readonly string[];
}

type Message = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** Operations that the stock clients do not name in the request. */
const UNNAMED_OPERATIONS: Readonly<Record<string, string>> = {
  'GET bucket list-type': 'ListObjectsV2',
  'HEAD bucket': 'HeadBucket',
  'HEAD object': 'HeadObject',
  'POST bucket delete': 'DeleteObjects',
  'POST object uploads': 'CreateMultipartUpload',
};

const OPERATION_PARAMETER = 'x-id';

/** Reads a request with a path-style address, /bucket/key. */
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

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', `the address has ${text}, which is not well formed`);
  }
}
