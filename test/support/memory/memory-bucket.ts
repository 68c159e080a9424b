import type { S3Bucket } from '../../../src/runtime/aws/s3-bucket';

/** A bucket in memory. */
export function memoryBucket(): S3Bucket {
  const objects = new Map<string, Uint8Array>();
  const bucket: Pick<S3Bucket, 'put' | 'get'> = {
    put: async (key, body) => void objects.set(key, body),
    get: async (key) => objects.get(key),
  };
  return bucket as S3Bucket;
}
