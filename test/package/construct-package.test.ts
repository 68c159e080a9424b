import * as fs from 'node:fs';
import * as path from 'node:path';
import { PROJECT, publishedFiles } from './packages';

describe('the package cdk-redshift-websocket-query', () => {
  const files = publishedFiles('cdk-redshift-websocket-query');

  it('contains only the compiled constructs, the bundled functions, the notices and the documents', () => {
    const unexpected = files.filter((file) => ![
      /^lib\/((access|cdk|database|functions|pipeline|query|shared)\/)?[\w-]+\.(d\.ts|js)$/,
      /^assets\/functions\/[\w-]+\.lambda\/index\.js$/,
      /^docs\/[\w-]+\.(md|svg)$/,
      /^docs\/protocol\.schema\.json$/,
      /^test\/protocol\/(README\.md|queries\.json|transcripts\/[\w-]+\.json)$/,
      /^(README\.md|API\.md|LICENSE|THIRD-PARTY-NOTICES|sbom\.cdx\.json|browser\.mjs|package\.json|\.jsii)$/,
    ].some((expected) => expected.test(file)));
    expect(unexpected).toEqual([]);
  });

  it('contains the bundle of each function, and neither the sources of the functions nor the client library', () => {
    expect(files.filter((file) => file.startsWith('assets/')).sort()).toEqual([
      'assets/functions/authorize-token.lambda/index.js',
      'assets/functions/issue-ticket.lambda/index.js',
      'assets/functions/on-connect.lambda/index.js',
      'assets/functions/on-disconnect.lambda/index.js',
      'assets/functions/on-message.lambda/index.js',
      'assets/functions/redeem-ticket.lambda/index.js',
      'assets/functions/send-message.lambda/index.js',
    ]);
    const compiled = files.filter((file) => file.startsWith('lib/'));
    expect(compiled.filter((file) => /lambda\.(js|d\.ts)$|^lib\/(runtime|protocol|client|react)\//.test(file))).toEqual([]);
  });

  it('contains no source maps, and declarations without internal members', () => {
    const containing = (extension: string, pattern: RegExp) => files.filter((file) => file.startsWith('lib/') && file.endsWith(extension)
      && pattern.test(fs.readFileSync(path.join(PROJECT, file), 'utf8')));
    expect(containing('.js', /sourceMappingURL/)).toEqual([]);
    expect(containing('.d.ts', /@internal|\b_[a-z]/)).toEqual([]);
  });

  it('contains the specification and the tests for clients in other languages', () => {
    expect(files).toEqual(expect.arrayContaining(['docs/protocol.md', 'docs/protocol.schema.json', 'test/protocol/README.md', 'test/protocol/queries.json']));
    expect(files.filter((file) => file.startsWith('test/protocol/transcripts/')).length).toBeGreaterThan(20);
  });

  it('contains the entry point with its types, the documentation, the third-party notices and the SBOM', () => {
    expect(files).toEqual(expect.arrayContaining(['lib/index.js', 'lib/index.d.ts', '.jsii', 'README.md', 'API.md', 'docs/protocol.md', 'LICENSE', 'THIRD-PARTY-NOTICES', 'sbom.cdx.json']));
  });
});

describe('the package redshift-websocket-client', () => {
  it('contains the third-party notices and the SBOM', () => {
    expect(publishedFiles('redshift-websocket-client')).toEqual(expect.arrayContaining(['THIRD-PARTY-NOTICES', 'sbom.cdx.json']));
  });
});
