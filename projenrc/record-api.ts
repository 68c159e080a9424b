import * as fs from 'node:fs';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..');

/** Directory of the recorded API, as jsii-diff reads it. */
const RECORD = path.join(PROJECT, 'test', 'upgrades', 'api');

/** Members of a jsii assembly that jsii-diff doesn't compare. */
const NOT_COMPARED = ['dependencyClosure', 'fingerprint', 'keywords', 'locationInModule', 'metadata', 'readme', 'symbolId'];

function main(): void {
  const assembly: unknown = JSON.parse(fs.readFileSync(path.join(PROJECT, '.jsii'), 'utf8'), withoutDocumentation);
  const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as { peerDependencies: object };
  fs.mkdirSync(RECORD, { recursive: true });
  write('.jsii', assembly);
  write('package.json', { private: true, jsii: {}, peerDependencies });
}

/** Without descriptions, a change of the record is a change of the API. */
function withoutDocumentation(key: string, value: unknown): unknown {
  if (NOT_COMPARED.includes(key)) {
    return undefined;
  }
  return key === 'docs' ? { stability: (value as { stability?: string }).stability } : value;
}

function write(name: string, content: unknown): void {
  fs.writeFileSync(path.join(RECORD, name), `${JSON.stringify(content, undefined, 2)}\n`);
}

main();
