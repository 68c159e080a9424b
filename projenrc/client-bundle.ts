import * as path from 'node:path';
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';

const PROJECT = path.resolve(__dirname, '..');

export const CLIENT_TSCONFIG = path.join(PROJECT, 'tsconfig.client.json');

/** Sources of the entry points of the client package, by the name of the output files. */
export const CLIENT_ENTRY_POINTS = { index: 'src/client/index.ts', react: 'src/react/index.ts' };

/** Bundles an entry point, and writes it if `outfile` is specified. Minified because pages without a bundler load the file as it is. */
export async function bundleClient(source: string, outfile?: string): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: PROJECT,
    entryPoints: [source],
    outfile,
    write: outfile !== undefined,
    metafile: true,
    external: ['react'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    tsconfig: CLIENT_TSCONFIG,
    logLevel: 'warning',
  });
  return metafile;
}
