import * as fs from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { synthesizeArchiveApp } from './fixture/archive-app';
import type { ArchiveApp } from './fixture/archive-app';
import { removeAssemblies, roleAllowing, writeAssembly } from './fixture/assembly';
import { startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';
import { decodeAwsChunked } from '../../../local/aws/s3-cloudfront/aws-chunked';

/** More than one packet, and characters of one to four bytes. */
const LARGE_BODY = JSON.stringify(Array.from({ length: 60_000 }, (_, row) => [row, 'é€😀', null, '']));

let app: ArchiveApp;
let local: RunningLocalAws;
let client: S3Client;
let Bucket: string;

beforeAll(async () => {
  app = synthesizeArchiveApp();
  local = await startLocal(app.directory);
  client = new S3Client({ endpoint: local.aws.endpoints.s3, region: 'us-east-1', credentials: local.aws.credentials, maxAttempts: 1 });
  Bucket = local.aws.outputs.BucketName;
});

afterAll(async () => {
  client.destroy();
  await local.aws.close();
  fs.rmSync(path.dirname(app.directory), { recursive: true });
  removeAssemblies();
});

async function order(functionId: string, key: string, text?: string): Promise<unknown> {
  const { payload } = await local.aws.invoke(functionId, { key, text }) as { payload: string };
  return JSON.parse(payload);
}

async function read(Key: string): Promise<string | undefined> {
  const { Body: body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return body?.transformToString();
}

describe('function with a bucket', () => {
  it('reads the stored bytes', async () => {
    expect(await order(app.archiveId, 'run 1/0000000001', LARGE_BODY)).toBe('stored');
    expect(await order(app.archiveId, 'run 1/0000000001')).toBe(LARGE_BODY);
    expect(local.aws.objects(app.bucketId)).toContain('run 1/0000000001');
  });

  it('is traced with role and operation', async () => {
    await order(app.archiveId, 'seen', 'text');
    await order(app.archiveId, 'seen');
    const calls = local.events.flatMap((event) => event.kind === 'api-call' && event.service === 's3' ? [`${event.operation} ${event.role}`] : []).slice(-2);
    expect(calls).toEqual([
      expect.stringMatching(/^PutObject arn:aws:sts::111122223333:assumed-role\/Archive-ArchiveServiceRole/),
      expect.stringMatching(/^GetObject arn:aws:sts::111122223333:assumed-role\/Archive-ArchiveServiceRole/),
    ]);
  });

  it('receives NoSuchKey when an object is missing', async () => {
    expect(await order(app.archiveId, 'missing')).toBe('NoSuchKey 404');
  });

  it('receives AccessDenied for a missing object when it can\'t list the bucket', async () => {
    await order(app.blindArchiveId, 'there', 'text');
    expect(await order(app.blindArchiveId, 'there')).toBe('text');
    expect(await order(app.blindArchiveId, 'missing')).toBe('AccessDenied 403');
  });

  it('receives AccessDenied when its policies don\'t allow the action', async () => {
    expect(await order(app.readerId, 'forbidden', 'text')).toBe('AccessDenied 403');
    expect(local.aws.objects(app.bucketId)).not.toContain('forbidden');
  });
});

describe('object', () => {
  it.each(['plain', 'a b/ü+%?&=#.json', 'a//b/../c'])('is found by key: %s', async (Key) => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    expect(await read(Key)).toBe(Key);
    expect(local.aws.objects(app.bucketId)).toContain(Key);
  });

  it('is complete when it is sent as a stream', async () => {
    const bytes = Buffer.from(LARGE_BODY);
    const chunks = [bytes.subarray(0, 70_000), bytes.subarray(70_000)];
    await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: Readable.from(chunks), ContentLength: bytes.length }));
    expect(await read('stream')).toBe(LARGE_BODY);
  });

  it('has its content type, metadata and checksum', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'described', Body: 'hello', ContentType: 'application/json', ContentEncoding: 'identity', Metadata: { rows: '31' } }));
    const { Body: _, ...object } = await client.send(new GetObjectCommand({ Bucket, Key: 'described' }));
    expect(object).toMatchObject({
      ChecksumCRC32: 'NhCmhg==',
      ContentEncoding: 'identity',
      ContentLength: 5,
      ContentType: 'application/json',
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      LastModified: expect.any(Date),
      Metadata: { rows: '31' },
    });
  });

  it('is replaced when the key is written again', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'first' }));
    await client.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'second' }));
    expect(await read('twice')).toBe('second');
    expect(local.aws.objects(app.bucketId).filter((key) => key === 'twice')).toHaveLength(1);
  });
});

describe('S3', () => {
  const Key = 'key';
  it.each([
    ['DeleteObject', () => new DeleteObjectCommand({ Bucket, Key })],
    ['DeleteObjects', () => new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } })],
    ['ListObjectsV2', () => new ListObjectsV2Command({ Bucket })],
    ['CopyObject', () => new CopyObjectCommand({ Bucket, Key, CopySource: 'other/key' })],
    ['CreateMultipartUpload', () => new CreateMultipartUploadCommand({ Bucket, Key })],
    ['GET object tagging', () => new GetObjectTaggingCommand({ Bucket, Key })],
  ])('rejects an unsupported operation by name: %s', async (name, command) => {
    await expect(client.send(command() as GetObjectCommand)).rejects.toMatchObject({ name: 'NotImplemented', message: `S3 ${name} is not supported by the local AWS` });
  });

  it.each([
    ['header range', () => new GetObjectCommand({ Bucket, Key, Range: 'bytes=0-1' })],
    ['parameter versionId', () => new GetObjectCommand({ Bucket, Key, VersionId: '1' })],
    ['header if-none-match', () => new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' })],
    ['header x-amz-acl', () => new PutObjectCommand({ Bucket, Key, Body: 'x', ACL: 'public-read' })],
  ])('rejects an unsupported parameter or header by name: %s', async (name, command) => {
    await expect(client.send(command() as GetObjectCommand)).rejects.toThrow(`the ${name} of S3`);
  });

  it('rejects a bucket that isn\'t in the template', async () => {
    await expect(client.send(new GetObjectCommand({ Bucket: 'elsewhere', Key })))
      .rejects.toMatchObject({ name: 'NoSuchBucket', message: 'The bucket elsewhere doesn\'t exist.', $metadata: { httpStatusCode: 404 } });
  });

  it('rejects an unknown access key', async () => {
    const otherClient = new S3Client({ endpoint: local.aws.endpoints.s3, region: 'us-east-1', credentials: { accessKeyId: 'unknown', secretAccessKey: 'x' }, maxAttempts: 1 });
    await expect(otherClient.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'InvalidAccessKeyId', $metadata: { httpStatusCode: 403 } });
    otherClient.destroy();
  });

  it('rejects a key of more than 1024 bytes', async () => {
    await expect(client.send(new PutObjectCommand({ Bucket, Key: 'ü'.repeat(513), Body: 'x' }))).rejects.toMatchObject({ name: 'KeyTooLongError' });
  });

  it('rejects a body that doesn\'t match its hash or length', async () => {
    const put = async (headers: Record<string, string>) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${local.aws.credentials.accessKeyId}/20260101/us-east-1/s3/aws4_request`;
      const response = await fetch(`${local.aws.endpoints.s3}/${Bucket}/damaged`, { method: 'PUT', body: 'x', headers: { authorization, ...headers } });
      return `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1]}`;
    };
    expect(await put({ 'x-amz-content-sha256': '0'.repeat(64) })).toBe('400 XAmzContentSHA256Mismatch');
    expect(await put({ 'x-amz-decoded-content-length': '2' })).toBe('400 IncompleteBody');
    expect(local.aws.objects(app.bucketId)).not.toContain('damaged');
  });
});

describe('decodeAwsChunked', () => {
  it('decodes the body and its trailers', () => {
    expect(decodeAwsChunked(Buffer.from('5;chunk-signature=ab\r\nhello\r\n3\r\n\r\n!\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n')))
      .toEqual({ body: Buffer.from('hello\r\n!'), trailers: { 'x-amz-checksum-crc32': 'AAAA==' } });
  });

  it.each(['', '5\r\nhel', '5\r\nhello\r\n', 'hello', 'zz\r\nhello\r\n0\r\n\r\n', '-5\r\nhello\r\n0\r\n\r\n'])('throws when the body is malformed: %j', (text) => {
    expect(() => decodeAwsChunked(Buffer.from(text))).toThrow('The body is truncated or has no chunk size at byte');
  });
});

it('objects() throws when the bucket isn\'t in the template', () => {
  expect(() => local.aws.objects('Nothing')).toThrow(`the bucket Nothing isn\'t in the template: use one of ${app.bucketId}`);
});

describe('permission to list a bucket', () => {
  const LIST = { Effect: 'Allow', Action: ['s3:List*'], Resource: '*' };
  const policy = (...Statement: object[]) => ({ PolicyName: 'p', PolicyDocument: { Statement } });
  const role = (properties: { Policies?: object[]; ManagedPolicyArns?: object[] }) => {
    const { Policies: policies, ...allowed } = roleAllowing('s3:GetObject');
    return { Role: { Type: 'AWS::IAM::Role', Properties: { ...allowed, ...properties, Policies: [...policies as object[], ...properties.Policies ?? []] } } };
  };
  it.each([
    ['by a policy inside the role', role({ Policies: [policy(LIST)] }), true],
    ['by a policy of its own', { ...role({}), Policy: { Type: 'AWS::IAM::Policy', Properties: { ...policy(LIST), Roles: [{ Ref: 'Role' }] } } }, true],
    ['by a managed policy that the role names', {
      ...role({ ManagedPolicyArns: [{ Ref: 'Managed' }] }),
      Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: [LIST] } } },
    }, true],
    ['but not by a policy of another role', { ...role({}), Policy: { Type: 'AWS::IAM::Policy', Properties: { ...policy(LIST), Roles: ['other'] } } }, false],
    ['but not by a policy for another bucket', role({ Policies: [policy({ ...LIST, Resource: 'arn:aws:s3:::other' })] }), false],
    ['but not when it is denied', role({ Policies: [policy(LIST, { ...LIST, Effect: 'Deny' })] }), false],
  ])('%s', async (_, resources, mayList) => {
    const assembly = writeAssembly({
      resources: {
        ...resources,
        Bucket: { Type: 'AWS::S3::Bucket' },
        Read: {
          Type: 'AWS::Lambda::Function',
          Properties: { Code: { ZipFile: READ }, Handler: 'index.handler', Runtime: 'nodejs22.x', Timeout: 20, Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Environment: { Variables: { BUCKET: { Ref: 'Bucket' } } } },
        },
      },
    });
    const { aws } = await startLocal(assembly);
    expect(await aws.invoke('Read', {})).toEqual({ payload: mayList ? '404' : '403' });
    await aws.close();
  });
});

const READ = `exports.handler = async () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/s3/aws4_request';
  return (await fetch(process.env.AWS_ENDPOINT_URL_S3 + '/' + process.env.BUCKET + '/missing', { headers: { authorization } })).status;
};`;
