import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { installPackage, PROJECT } from '../../package/packages';

const NAME = 'cdk-redshift-websocket-query';
const MESSAGE = `${NAME} does not run in browsers: import redshift-websocket-client instead`;

/** Modules of a page that imports the construct library instead of the client library. */
const MODULES = {
  'by name': `import { connect } from '${NAME}'; connect('wss://service');`,
  'as a namespace': `import * as library from '${NAME}'; library.connect('wss://service');`,
  'as a default': `import library from '${NAME}'; library.connect('wss://service');`,
  'dynamically': `import('${NAME}').then(({ connect }) => connect('wss://service'));`,
};
/** Vite leaves `require` in a module as it is. */
const SCRIPTS = { ...MODULES, 'with require': `const { connect } = require('${NAME}'); connect('wss://service');` };

let directory: string;

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'browser-build-'));
  installPackage(NAME, directory);
  fs.writeFileSync(path.join(directory, 'index.html'), '<!doctype html><script type="module" src="./page.js"></script>');
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

/** Runs a bundler on a page; returns its exit status and its output. */
function buildPage(script: string, tool: string, ...parameters: string[]): { status: number | null; output: string } {
  fs.writeFileSync(path.join(directory, 'page.js'), script);
  const { status, stdout, stderr } = spawnSync(path.join(PROJECT, 'node_modules', '.bin', tool), parameters, { cwd: directory, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('the package cdk-redshift-websocket-query in a browser build', () => {
  it.each(Object.entries(SCRIPTS))('fails with a message that names the client library when esbuild bundles an import %s', (_, script) => {
    const { status, output } = buildPage(script, 'esbuild', 'page.js', '--bundle', '--format=esm', '--outfile=page.bundle.js');
    expect(output).toContain(MESSAGE);
    expect(status).toBe(1);
  });

  it.each(Object.entries(MODULES))('fails with a message that names the client library when Vite bundles an import %s', (_, script) => {
    const { status, output } = buildPage(script, 'vite', 'build', '--logLevel', 'error');
    expect(output).toContain(MESSAGE);
    expect(status).toBe(1);
  });

  it('has the constructs when esbuild bundles it for Node.js', () => {
    const script = `import { RedshiftWebSocketQuery } from '${NAME}'; console.log(typeof RedshiftWebSocketQuery);`;
    const external = ['aws-cdk-lib', 'constructs'].map((name) => `--external:${name}`);
    const { status } = buildPage(script, 'esbuild', 'page.js', '--bundle', '--platform=node', ...external, '--outfile=app.js');
    expect(status).toBe(0);
    expect(fs.readFileSync(path.join(directory, 'app.js'), 'utf8')).toContain('RedshiftWebSocketQuery');
  });
});
