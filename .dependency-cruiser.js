// The imports that the architecture allows: see "Imports" in docs/architecture.md.
const CONSTRUCTS = '^src/(access|cdk|database|pipeline|query|[^/]+[.]ts$|functions/(?!.*[.]lambda[.]ts$))';

/** A folder of the runtime can import only folders before it. */
const RUNTIME_LAYERS = ['model', 'results', 'runs', 'requests', 'access', '(submit|delivery|disconnect)', 'aws'];

/** A folder of the construct can import only folders before it. */
const CONSTRUCT_LAYERS = ['protocol', 'shared', 'cdk', '(query|database)', 'functions', 'access', 'pipeline'];

function layers(name, root, folders) {
  return folders.slice(0, -1).map((folder, index) => ({
    name,
    severity: 'error',
    from: { path: `^${root}/${folder}/` },
    to: { path: `^${root}/(${folders.slice(index + 1).join('|')})/` },
  }));
}

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-runtime-in-constructs', severity: 'error', from: { path: CONSTRUCTS }, to: { path: '^src/(runtime|client|react)/' } },
    { name: 'no-facade-in-parts', severity: 'error', from: { path: '^src/[^/]+/' }, to: { path: '^src/(index|redshift-websocket-query)[.]ts$' } },
    { name: 'no-constructs-in-runtime', severity: 'error', from: { path: '^src/runtime/' }, to: { path: '^src/(?!runtime/|shared/|protocol/)' } },
    { name: 'no-cdk-in-runtime', severity: 'error', from: { path: '^src/(runtime|shared|protocol|client|react)/' }, to: { path: 'node_modules/(aws-cdk-lib|constructs)/' } },
    { name: 'no-aws-client-in-core', severity: 'error', from: { path: '^src/runtime/(?!aws/)' }, to: { path: 'node_modules/(@aws-sdk|@smithy|aws-jwt-verify)/' } },
    { name: 'no-import-in-protocol', severity: 'error', from: { path: '^src/protocol/' }, to: { path: '^src/(?!protocol/)' } },
    { name: 'no-service-in-client', severity: 'error', from: { path: '^src/client/' }, to: { path: '^src/(?!client/|protocol/)' } },
    { name: 'no-service-in-react', severity: 'error', from: { path: '^src/react/' }, to: { path: '^src/(?!react/|client/)' } },
    {
      name: 'published-packages-only',
      severity: 'error',
      from: { path: '^(local|examples)/' },
      to: { path: '^src/', dependencyTypesNot: ['aliased-tsconfig-paths', 'aliased-tsconfig'] },
    },
    ...layers('runtime-direction', 'src/runtime', RUNTIME_LAYERS),
    ...layers('construct-direction', 'src', CONSTRUCT_LAYERS).map((rule) => ({ ...rule, from: { ...rule.from, pathNot: '[.]lambda[.]ts$' } })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^lib/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.dev.json' },
  },
};
