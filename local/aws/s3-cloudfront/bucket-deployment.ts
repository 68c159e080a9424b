import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Buckets, StoredObject } from './bucket';
import { contentType } from './content-types';
import type { Resource, Stack } from '../template/stack';

/** A BucketDeployment of the CDK. */
export interface DeploymentPlan {
  readonly bucketName: string;
  readonly prefix: string;
  readonly prune: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly sources: readonly DeploymentSource[];
}

interface DeploymentSource {
  readonly directory: string;
  readonly markers: Readonly<Record<string, unknown>>;
  readonly escapesJson: boolean;
}

/** Supported system metadata. */
const SYSTEM_METADATA = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type'];

/** Reads the bucket deployments of the stack. */
export function planDeployments(stack: Stack): DeploymentPlan[] {
  return stack.plan('Custom::CDKBucketDeployment', (resource) => planDeployment(stack, resource));
}

function planDeployment(stack: Stack, { properties }: Resource): DeploymentPlan {
  const metadata = properties.object('SystemMetadata');
  const unsupported = metadata.names().find((name) => !SYSTEM_METADATA.includes(name.toLowerCase()));
  if (unsupported !== undefined) {
    throw new Error(`property SystemMetadata.${unsupported} is not supported by the local AWS`);
  }
  const markers = properties.list('SourceMarkers');
  const configurations = properties.objects('SourceMarkersConfig');
  const prefix = properties.optionalString('DestinationBucketKeyPrefix') ?? '';
  return {
    bucketName: properties.string('DestinationBucketName'),
    prefix: prefix === '' || prefix === '/' ? '' : `${prefix.replace(/^\/|\/$/g, '')}/`,
    prune: properties.flag('Prune', true),
    headers: Object.fromEntries(metadata.names().map((name) => [name.toLowerCase(), metadata.string(name)])),
    sources: properties.list('SourceObjectKeys').map((objectKey, index) => ({
      directory: stack.assetDirectory(String(objectKey)),
      markers: (markers[index] ?? {}) as Record<string, unknown>,
      escapesJson: configurations[index]?.flag('jsonEscape', false) ?? false,
    })),
  };
}

/** Copies the files. AWS addresses in files with markers are replaced with local addresses. */
export function deploy(plan: DeploymentPlan, buckets: Buckets, localize: (value: string) => string): void {
  const bucket = buckets.get(plan.bucketName);
  if (bucket === undefined) {
    throw new Error(`the bucket ${plan.bucketName} isn't in the template`);
  }
  if (plan.prune) {
    [...bucket.keys()].filter((key) => key.startsWith(plan.prefix)).forEach((key) => bucket.delete(key));
  }
  for (const source of plan.sources) {
    for (const file of filesIn(source.directory)) {
      const key = plan.prefix + file.split(path.sep).join('/');
      bucket.set(key, storedObject(key, readSource(source, file, localize), plan.headers));
    }
  }
}

function storedObject(key: string, body: Buffer, headers: Readonly<Record<string, string>>): StoredObject {
  return { body, headers: { 'content-type': contentType(key), ...headers } };
}

function readSource({ directory, markers, escapesJson }: DeploymentSource, file: string, localize: (value: string) => string): Buffer {
  const body = fs.readFileSync(path.join(directory, file));
  const replacements = Object.entries(markers);
  if (replacements.length === 0) {
    return body;
  }
  const content = replacements.reduce((result, [marker, value]) => result.replaceAll(marker, () => markerValue(value, escapesJson)), body.toString('utf8'));
  return Buffer.from(localize(content));
}

function markerValue(value: unknown, escapesJson: boolean): string {
  if (!escapesJson) {
    return String(value);
  }
  const json = JSON.stringify(value);
  return typeof value === 'string' ? json.slice(1, -1) : json;
}

function filesIn(directory: string): string[] {
  return fs.readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => fs.statSync(path.join(directory, file)).isFile());
}
