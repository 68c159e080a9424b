import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { call } from './client';
import { errorName } from './errors';

/** Without the right to list a bucket, S3 says AccessDenied of an object that is not there. */
const MISSING_OBJECT_ERRORS = new Set(['NoSuchKey', 'AccessDenied']);

/** Objects in an S3 bucket, which deletes them by its lifecycle. */
export class S3Bucket {
  constructor(private readonly client: S3Client, private readonly bucketName: string) {}

  public async put(key: string, body: Uint8Array): Promise<void> {
    await call(() => this.client.send(new PutObjectCommand({ Bucket: this.bucketName, Key: key, Body: body })));
  }

  /** The object, unless it is not there, or may not be read. */
  public async get(key: string): Promise<Uint8Array | undefined> {
    try {
      return await call(async () => {
        const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucketName, Key: key }));
        return Body!.transformToByteArray();
      });
    } catch (error) {
      if (MISSING_OBJECT_ERRORS.has(errorName(error))) {
        return undefined;
      }
      throw error;
    }
  }
}
