import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Template } from './template';

/** A stack of a cloud assembly. */
export interface AssemblyStack {
  readonly name: string;
  readonly template: Template;
  /** Finds the file or directory of an asset by object key. Throws if it doesn't exist. */
  assetPath(objectKey: string): string;
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string; readonly file?: string };
  readonly dependencies?: readonly string[];
}

interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>;
}

interface FileAsset {
  readonly source: { readonly path?: string };
  readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
}

/** Reads a stack from a cloud assembly. Without a name, the assembly must have one stack. */
export function readAssemblyStack(directory: string, stackName?: string): AssemblyStack {
  const manifest = readManifest(directory);
  const stacks = Object.entries(manifest.artifacts ?? {})
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => ({ name: artifact.properties?.stackName ?? id, artifact }));
  const { name, artifact } = chooseStack(directory, stacks, stackName);
  const assets = assetFiles(directory, manifest, artifact);
  return {
    name,
    template: readJson<Template>(path.join(directory, artifact.properties?.templateFile ?? `${name}.template.json`)),
    assetPath(objectKey) {
      const asset = assets.get(objectKey);
      if (asset === undefined) {
        throw new Error(`the asset ${objectKey} isn't in ${directory}: synthesize the app again`);
      }
      return asset;
    },
  };
}

function readManifest(directory: string): Manifest {
  const file = path.join(directory, 'manifest.json');
  if (!fs.existsSync(file)) {
    throw new Error(`${directory} has no manifest.json: run cdk synth`);
  }
  return readJson<Manifest>(file);
}

function chooseStack<T extends { readonly name: string }>(directory: string, stacks: readonly T[], stackName?: string): T {
  const names = stacks.map(({ name }) => name).join(', ');
  if (stackName !== undefined) {
    const stack = stacks.find(({ name }) => name === stackName);
    if (stack === undefined) {
      throw new Error(`${directory} has no stack "${stackName}": use one of ${names || '(none)'}`);
    }
    return stack;
  }
  if (stacks.length !== 1) {
    throw new Error(stacks.length === 0
      ? `${directory} has no stack: synthesize an app that defines one`
      : `${directory} has several stacks: set stackName to one of ${names}`);
  }
  return stacks[0];
}

function assetFiles(directory: string, manifest: Manifest, stack: Artifact): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const id of stack.dependencies ?? []) {
    const artifact = manifest.artifacts?.[id];
    if (artifact?.type === 'cdk:asset-manifest' && artifact.properties?.file !== undefined) {
      const assets = readJson<AssetManifest>(path.join(directory, artifact.properties.file));
      for (const { source, destinations } of Object.values(assets.files ?? {})) {
        if (source.path !== undefined) {
          const location = path.join(directory, source.path);
          Object.values(destinations).forEach(({ objectKey }) => files.set(objectKey, location));
        }
      }
    }
  }
  return files;
}

function readJson<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
}
