import * as fs from 'node:fs';
import * as path from 'node:path';
import { awscdk, JsonFile, TextFile } from 'projen';

/** Name of the npm package of the client library and the React hook. */
export const CLIENT_PACKAGE = 'redshift-websocket-client';

/** Directory of the package, relative to the root of the repository. */
export const CLIENT_PACKAGE_DIRECTORY = `packages/${CLIENT_PACKAGE}`;

/** Directory of the tarball of the package. Jobs for other languages expect one tarball in `dist/js`. */
export const CLIENT_TARBALL_DIRECTORY = 'dist/client';

/** Sources that jsii doesn't compile because they run in browsers. */
export const CLIENT_SOURCES = ['src/client/**', 'src/react/**'];

/** Files of both npm packages that list the third-party code in their bundles. */
export const NOTICES = { licenses: 'THIRD-PARTY-NOTICES', sbom: 'sbom.cdx.json' };

/** Versions of Node.js in which `require` loads ES modules, without a flag or a warning. */
const CLIENT_NODE_VERSIONS = '^20.19.0 || >=22.12.0';

/** Entry points of the package, by subpath, with the name of their files in `lib/`. */
const ENTRY_POINTS = { '.': 'index', './react': 'react' };

/** Adds the npm package `redshift-websocket-client`, which is built from `src/client` and `src/react`. */
export function addClientPackage(project: awscdk.AwsCdkConstructLibrary): void {
  const bundle = project.addTask('bundle:client', {
    description: `Bundle the client library and the React hook into ${CLIENT_PACKAGE_DIRECTORY}/lib, and check the size of the client`,
    exec: 'tsx projenrc/build-client.ts',
  });
  project.tasks.tryFind('bundle')?.spawn(bundle);

  project.addTask('package:client', {
    description: `Create the npm tarball of ${CLIENT_PACKAGE}`,
    steps: [
      { exec: `mkdir -p ${CLIENT_TARBALL_DIRECTORY}` },
      { exec: `npm pack ./${CLIENT_PACKAGE_DIRECTORY} --pack-destination ${CLIENT_TARBALL_DIRECTORY}` },
    ],
  });
  // A release generates the manifest with the next version, and fails if a committed file stays changed.
  project.tasks.tryFind('unbump')?.exec(`git checkout -- ${CLIENT_PACKAGE_DIRECTORY}/package.json`);

  // React is a peer of the client package, not of the construct library.
  project.eslint?.allowDevDeps('src/react/**');

  new JsonFile(project, 'tsconfig.client.json', {
    obj: {
      compilerOptions: {
        target: 'ES2022',
        module: 'ES2022',
        moduleResolution: 'bundler',
        lib: ['es2022', 'dom', 'dom.iterable'],
        types: [],
        strict: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        noImplicitReturns: true,
        noEmit: true,
        paths: { [CLIENT_PACKAGE]: ['./src/client'] },
      },
      include: ['src/client/**/*.ts', 'src/react/**/*.ts'],
    },
  });
  new JsonFile(project, `${CLIENT_PACKAGE_DIRECTORY}/package.json`, { obj: () => manifest(project) });
  new TextFile(project, `${CLIENT_PACKAGE_DIRECTORY}/LICENSE`, {
    lines: fs.readFileSync(require.resolve('projen/license-text/Apache-2.0.txt'), 'utf8').split('\n'),
  });
}

function manifest(project: awscdk.AwsCdkConstructLibrary): object {
  const { author, license, repository, publishConfig } = project.package.manifest;
  return {
    name: CLIENT_PACKAGE,
    version: versionOf(project),
    description: 'Run Amazon Redshift queries from browsers and Node.js over a WebSocket connection, with a React hook',
    keywords: ['aws', 'redshift', 'websocket', 'client', 'react', 'browser'],
    repository: { ...repository, directory: CLIENT_PACKAGE_DIRECTORY },
    author,
    license,
    engines: { node: CLIENT_NODE_VERSIONS },
    publishConfig,
    type: 'module',
    sideEffects: false,
    main: './lib/index.cjs',
    types: './lib/index.d.cts',
    // For TypeScript with `moduleResolution: node10`, which doesn't read `exports`.
    typesVersions: { '*': { react: ['./lib/react.d.cts'] } },
    exports: {
      ...Object.fromEntries(Object.entries(ENTRY_POINTS).map(([subpath, name]) => [subpath, {
        import: { types: `./lib/${name}.d.ts`, default: `./lib/${name}.js` },
        require: { types: `./lib/${name}.d.cts`, default: `./lib/${name}.cjs` },
      }])),
      './package.json': './package.json',
    },
    files: ['lib', ...Object.values(NOTICES)],
    peerDependencies: { react: '>=18' },
    peerDependenciesMeta: { react: { optional: true } },
  };
}

/** The construct library and the client library have the same version. */
function versionOf(project: awscdk.AwsCdkConstructLibrary): string {
  return (JSON.parse(fs.readFileSync(path.join(project.outdir, 'package.json'), 'utf8')) as { version: string }).version;
}
