import { execFileSync } from 'node:child_process';
import * as path from 'node:path';

const PROJECT = path.resolve(__dirname, '..', '..');

/** The files that npm would publish. */
function publishedFiles(): string[] {
  const [{ files }] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: PROJECT, encoding: 'utf8', stdio: 'pipe' }));
  return files.map(({ path: file }: { path: string }) => file);
}

describe('the published package', () => {
  const files = publishedFiles();

  test('holds the compiled constructs, the bundled functions and the documents, and nothing else', () => {
    const unexpected = files.filter((file) => ![
      /^lib\/(shared\/)?[\w-]+\.(d\.ts|js)$/,
      /^lib\/(client|react)\/(index\.(js|cjs|d\.ts|d\.cts)|package\.json)$/,
      /^assets\/[\w-]+\.lambda\/index\.js$/,
      /^docs\/[\w-]+\.md$/,
      /^docs\/protocol\.schema\.json$/,
      /^test\/protocol\/(README\.md|queries\.json|transcripts\/[\w-]+\.json)$/,
      /^(README\.md|API\.md|LICENSE|package\.json|\.jsii)$/,
    ].some((expected) => expected.test(file)));
    expect(unexpected).toEqual([]);
  });

  test('holds the bundle of each function, and no source of a function beside it', () => {
    expect(files.filter((file) => file.startsWith('assets/')).sort()).toEqual([
      'assets/authorize-token.lambda/index.js',
      'assets/issue-ticket.lambda/index.js',
      'assets/on-connect.lambda/index.js',
      'assets/on-disconnect.lambda/index.js',
      'assets/on-message.lambda/index.js',
      'assets/redeem-ticket.lambda/index.js',
      'assets/send-message.lambda/index.js',
    ]);
    const sources = files.filter((file) => !file.startsWith('test/protocol/'));
    expect(sources.filter((file) => /lambda\.(js|d\.ts)$|runtime|protocol\/|test|local|examples/.test(file))).toEqual([]);
  });

  test('holds what a client in another language is written and tested with', () => {
    expect(files).toEqual(expect.arrayContaining(['docs/protocol.md', 'docs/protocol.schema.json', 'test/protocol/README.md', 'test/protocol/queries.json']));
    expect(files.filter((file) => file.startsWith('test/protocol/transcripts/')).length).toBeGreaterThan(20);
  });

  test('holds the entry that its users import', () => {
    expect(files).toEqual(expect.arrayContaining(['lib/client/index.js', 'lib/client/index.d.ts', 'lib/react/index.js', 'lib/react/index.d.ts']));
    expect(files).toEqual(expect.arrayContaining(['lib/index.js', 'lib/index.d.ts', '.jsii', 'README.md', 'API.md', 'docs/protocol.md', 'LICENSE']));
  });
});
