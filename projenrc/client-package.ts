import { awscdk, JsonFile } from 'projen';

/** What jsii leaves alone: it is built for browsers, and no language but TypeScript knows it. */
export const CLIENT_SOURCES = ['src/client/**', 'src/react/**'];

/** The entries of the package that browsers use, by the end of their name. */
const ENTRIES = ['client', 'react'];

/** Publishes `cdk-redshift-websocket-query/client` and `/react` beside the constructs. */
export function addClientPackage(project: awscdk.AwsCdkConstructLibrary): void {
  const build = project.addTask('bundle:client', {
    description: 'Bundle the client library and the React hook into lib/, with their types, and check the size of the client',
    exec: 'tsx projenrc/build-client.ts',
  });
  project.tasks.tryFind('bundle')?.spawn(build);

  // React is what its users have already.
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
        paths: { 'cdk-redshift-websocket-query/client': ['./src/client'] },
      },
      include: ['src/client/**/*.ts', 'src/react/**/*.ts'],
    },
  });

  for (const entry of ENTRIES) {
    const at = `./lib/${entry}/index`;
    project.package.manifest.exports[`./${entry}`] = {
      import: { types: `${at}.d.ts`, default: `${at}.js` },
      require: { types: `${at}.d.cts`, default: `${at}.cjs` },
    };
  }
  project.package.addField('typesVersions', { '*': Object.fromEntries(ENTRIES.map((entry) => [entry, [`lib/${entry}/index.d.ts`]])) });
  // jsii lets nothing but constructs be a peer dependency; an entry here alone is known to pnpm and Yarn, and npm needs none.
  project.package.addField('peerDependenciesMeta', { react: { optional: true } });
}
