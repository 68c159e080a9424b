import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { packagesOfFunctions, readPackages } from '../../../projenrc/bundled-packages';
import { PACKAGES, PROJECT } from '../../package/packages';

/** Approved authors of code in the bundles of the functions. */
const AUTHORS: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^@aws-sdk\//, 'the AWS SDK'],
  [/^@smithy\//, 'what the AWS SDK is made of'],
  [/^@aws\//, 'what the AWS SDK is made of'],
  [/^(mnemonist|obliterator)@/, 'the cache of endpoints of the DynamoDB client of the AWS SDK'],
  [/^aws-jwt-verify@/, 'checks tokens; of AWS Labs, without dependencies'],
];

interface Audit {
  /** By package; missing when the registry does not audit. */
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly nodes: readonly string[] }>>;
  readonly message?: string;
}

/** Vulnerabilities of the installed packages in the registry, or the reason for their absence. */
function audit(): Audit {
  const { stdout, error } = spawnSync('npm', ['audit', '--json'], { cwd: PROJECT, encoding: 'utf8', timeout: 60_000 });
  try {
    return JSON.parse(stdout) as Audit;
  } catch {
    return { message: error?.message ?? 'npm audit printed no error' };
  }
}

const bundled = packagesOfFunctions();

it.each([
  ['cdk-redshift-websocket-query', ['aws-cdk-lib', 'constructs']],
  ['redshift-websocket-client', []],
] as const)('declares only the expected peer dependencies, and no dependencies, in %s', (packageName, peers) => {
  const manifest = JSON.parse(fs.readFileSync(path.join(PACKAGES[packageName], 'package.json'), 'utf8')) as Record<string, Record<string, unknown> | undefined>;
  expect(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })).toEqual([]);
  expect(Object.keys({ ...manifest.peerDependencies }).filter((name) => manifest.peerDependenciesMeta?.[name] === undefined)).toEqual(peers);
});

it('bundles only packages of approved authors in the functions', () => {
  const names = readPackages(bundled).map(({ id }) => id);
  expect(names).toContainEqual(expect.stringMatching(/^@aws-sdk\/client-redshift-data@/));
  expect(names.filter((name) => !AUTHORS.some(([pattern]) => pattern.test(name)))).toEqual([]);
});

describe('npm audit', () => {
  const { vulnerabilities, message } = audit();
  if (vulnerabilities === undefined) {
    console.log(`npm audit is skipped: ${message ?? 'the registry does not respond'}`);
  }
  const auditTest = vulnerabilities === undefined ? test.skip : test;

  auditTest('reports no vulnerability in the bundled packages', () => {
    const known = Object.entries(vulnerabilities!).filter(([, { nodes }]) => nodes.some((node) => bundled.includes(node)));
    expect(known.map(([name, { severity }]) => `${name}: ${severity}`)).toEqual([]);
  });
});
