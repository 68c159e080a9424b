import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PACKAGES } from './packages';
import type { PackageName } from './packages';
import { packagesIn, packagesOfClient, packagesOfFunctions, readPackages } from '../../projenrc/bundled-packages';
import type { BundledPackage } from '../../projenrc/bundled-packages';
import { createSbom } from '../../projenrc/sbom';
import { createNotices } from '../../projenrc/third-party-notices';

/** Permissive licenses, which require of a redistributor at most what THIRD-PARTY-NOTICES contains. */
const ALLOWED_LICENSES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0'];

interface Sbom {
  readonly metadata: { readonly component: { readonly name: string; readonly version: string; readonly purl: string } };
  readonly components?: readonly {
    readonly group?: string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly licenses: readonly { readonly license: { readonly id: string } }[];
  }[];
}

function readShipped(name: PackageName, file: string): string {
  return fs.readFileSync(path.join(PACKAGES[name], file), 'utf8');
}

describe.each([
  ['cdk-redshift-websocket-query', packagesOfFunctions],
  ['redshift-websocket-client', packagesOfClient],
] as const)('the package %s', (name, bundledPackages) => {
  const notices = readShipped(name, 'THIRD-PARTY-NOTICES');
  const sbom = readShipped(name, 'sbom.cdx.json');
  const { metadata, components = [] } = JSON.parse(sbom) as Sbom;
  let bundled: readonly BundledPackage[];

  beforeAll(async () => {
    bundled = readPackages(await bundledPackages());
  });

  it('lists every package in its bundles in the third-party notices', () => {
    const lines = notices.split('\n');
    expect(bundled.map(({ id, license }) => `${id} (${license})`).filter((line) => !lines.includes(line))).toEqual([]);
  });

  it('bundles only packages with an allowed license', () => {
    expect(bundled.filter(({ license }) => !ALLOWED_LICENSES.includes(license)).map(({ id, license }) => `${id}: ${license}`)).toEqual([]);
  });

  it('lists exactly the packages in its bundles in the SBOM, with license and package URL', () => {
    expect(components.map(({ group, name: component, version, licenses, purl }) => [
      `${group === undefined ? '' : `${group}/`}${component}@${version}`, licenses.map(({ license }) => license.id), purl,
    ]).sort()).toEqual(bundled.map(({ id, license }) => [id, [license], `pkg:npm/${id.replace(/^@/, '%40')}`]).sort());
    const { version } = JSON.parse(readShipped(name, 'package.json')) as { version: string };
    expect(metadata.component).toMatchObject({ name, version, purl: `pkg:npm/${name}@${version}` });
  });

  it('has the same notices and SBOM when they are generated again', () => {
    expect(createNotices(name, bundled)).toBe(notices);
    expect(createSbom(PACKAGES[name], bundled)).toBe(sbom);
  });
});

it('states that the client package contains no third-party code', () => {
  expect(readShipped('redshift-websocket-client', 'THIRD-PARTY-NOTICES')).toContain('contains no third-party code');
});

describe('packagesIn', () => {
  it('finds scoped and nested packages, and omits own sources and files without output', () => {
    const inputs = {
      'src/functions/on-message.lambda.ts': { bytesInOutput: 10 },
      'node_modules/@aws-sdk/core/dist-es/index.js': { bytesInOutput: 10 },
      'node_modules/one/index.js': { bytesInOutput: 10 },
      'node_modules/one/other.js': { bytesInOutput: 10 },
      'node_modules/one/node_modules/two/esm/index.js': { bytesInOutput: 10 },
      'node_modules/unused/index.js': { bytesInOutput: 0 },
    };
    expect(packagesIn({ outputs: { 'index.js': { inputs } } })).toEqual(['node_modules/@aws-sdk/core', 'node_modules/one', 'node_modules/one/node_modules/two']);
  });
});

describe('createNotices', () => {
  let directory: string;
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'notices-'));
  });
  afterEach(() => fs.rmSync(directory, { recursive: true }));

  function writePackage(name: string, license: string, files: Readonly<Record<string, string>>): string {
    const folder = path.join(directory, name);
    fs.mkdirSync(folder);
    for (const [file, content] of Object.entries({ 'package.json': JSON.stringify({ name, version: '1.0.0', license }), ...files })) {
      fs.writeFileSync(path.join(folder, file), content);
    }
    return folder;
  }

  it('contains the license file and the notice file of each package, and equal notices once', () => {
    const notices = createNotices('it', readPackages([
      writePackage('one', 'Apache-2.0', { 'LICENSE': 'The license.\n', 'NOTICE.txt': 'Written by One.\r\n', 'notice.js': 'throw 1;' }),
      writePackage('two', 'Apache-2.0', { 'LICENSE.md': 'The license.' }),
    ]));
    expect(notices).toContain('one@1.0.0: LICENSE\ntwo@1.0.0: LICENSE.md\n\nThe license.\n');
    expect(notices).toContain('one@1.0.0: NOTICE.txt\n\nWritten by One.\n');
    expect(notices.match(/The license\./g)).toHaveLength(1);
    expect(notices).not.toContain('throw');
  });

  it('contains the Apache License for a package that declares it but contains no license file', () => {
    const notices = createNotices('it', readPackages([writePackage('one', 'Apache-2.0', { NOTICE: 'Written by One.' })]));
    expect(notices).toContain('one@1.0.0: the license that its package.json declares\n');
    expect(notices).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
    expect(notices).toContain('Written by One.');
  });

  it('throws when the license of a package requires a copyright line, but the package contains no license file', () => {
    const folder = writePackage('one', 'MIT', {});
    expect(() => createNotices('it', readPackages([folder]))).toThrow('The package one@1.0.0 has the license "MIT", but contains no license file: replace the package');
  });
});
