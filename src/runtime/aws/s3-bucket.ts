import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { call } from './clients/client';
import { errorName } from './clients/errors';

/** Objects in an S3 bucket, which deletes them by its lifecycle. */
export class S3Bucket {
  constructor(private readonly client: S3Client, private readonly bucketName: string) {}

  public async put(key: string, body: Uint8Array): Promise<void> {
    await call(() => this.client.send(new PutObjectCommand({ Bucket: this.bucketName, Key: key, Body: body })));
  }

  /** The object, unless it is not there. */
  public async get(key: string): Promise<Uint8Array | undefined> {
    try {
      return await call(async () => {
        const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucketName, Key: key }));
        return Body!.transformToByteArray();
      });
    } catch (error) {
      if (isMissing(error as Error)) {
        return undefined;
      }
      throw error;
    }
  }
}

/**
 * Without the right to list a bucket, which nothing here needs, S3 says AccessDenied of an object that is not there. It may say which right is missing:
 * were it the one to read, or to decrypt, the object would not be gone, but the permissions wrong.
 */
function isMissing(error: Error): boolean {
  return errorName(error) === 'NoSuchKey' || (errorName(error) === 'AccessDenied' && !/\b(?:s3:GetObject|kms:Decrypt)\b/i.test(error.message));
}
