import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { call } from './clients/call';
import { getErrorName } from './clients/errors';

/** Objects in an S3 bucket. A lifecycle rule deletes them. */
export class S3Bucket {
  constructor(private readonly client: S3Client, private readonly bucketName: string) {}

  public async put(key: string, body: Uint8Array): Promise<void> {
    await call(() => this.client.send(new PutObjectCommand({ Bucket: this.bucketName, Key: key, Body: body })));
  }

  /** Returns an object, or undefined if it doesn't exist. */
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
 * Without `s3:ListBucket`, S3 returns AccessDenied for a missing object. If the message names the permission to read or decrypt, the permissions are
 * wrong and the object may exist.
 */
function isMissing(error: Error): boolean {
  return getErrorName(error) === 'NoSuchKey' || (getErrorName(error) === 'AccessDenied' && !/\b(?:s3:GetObject|kms:Decrypt)\b/i.test(error.message));
}
