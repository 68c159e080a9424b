import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const PROJECT = path.resolve(__dirname, '..', '..', '..');
const DOCUMENT = path.join(PROJECT, 'docs', 'access.md');

/** What the blocks of an app, which have no imports, find around them. */
const APP = `
import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { CognitoTokenUse, ConnectionAccess, RedshiftWebSocketQuery } from 'cdk-redshift-websocket-query';
import type { RedshiftWebSocketQueryProps } from 'cdk-redshift-websocket-query';
`;

/** Of the library that an example signs users in with, what it uses. */
const AMPLIFY = 'export declare function fetchAuthSession(): Promise<{ tokens?: { idToken?: { toString(): string } } }>;';
const LAMBDA_CLIENT = `
export declare class InvokeCommand { constructor(input: { FunctionName?: string; Payload?: string }); }
export declare class LambdaClient {
  constructor(configuration: object);
  send(command: InvokeCommand): Promise<{ Payload?: { transformToString(): string }; FunctionError?: string }>;
}`;

/** The blocks, each as a module; those of an app are inside of a stack. */
function modules(): Map<string, string> {
  const blocks = [...fs.readFileSync(DOCUMENT, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);
  const code = blocks.map((block) => {
    if (/^import /m.test(block)) {
      return block;
    }
    const declarations = block.match(/^declare .*$/gm) ?? [];
    return `${APP}${declarations.join('\n')}\nexport class App extends Stack { public build() {\n${block.replace(/^declare .*$/gm, '')}\n} }`;
  });
  return new Map([
    ...code.map((block, index): [string, string] => [path.join(PROJECT, 'docs', `access-${index + 1}.ts`), block]),
    [path.join(PROJECT, 'docs', 'amplify.ts'), AMPLIFY],
    [path.join(PROJECT, 'docs', 'lambda-client.ts'), LAMBDA_CLIENT],
  ]);
}

test('each block of code of docs/access.md compiles', () => {
  const code = modules();
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    types: ['node', 'aws-lambda'],
    skipLibCheck: true,
    stripInternal: true,
    paths: {
      'cdk-redshift-websocket-query': [path.join(PROJECT, 'src')],
      'redshift-websocket-client': [path.join(PROJECT, 'src', 'client')],
      'aws-amplify/auth': [path.join(PROJECT, 'docs', 'amplify')],
      '@aws-sdk/client-lambda': [path.join(PROJECT, 'docs', 'lambda-client')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => code.has(path.resolve(name)) || fileExists(name);
  host.readFile = (name) => code.get(path.resolve(name)) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const block = code.get(path.resolve(name));
    return block === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, block, ts.ScriptTarget.ES2022, true);
  };
  const program = ts.createProgram([...code.keys()], options, host);
  const errors = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = file?.text.slice(0, start).split('\n').length;
    return `${path.basename(file?.fileName ?? '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  expect(code.size).toBeGreaterThan(10);
  expect(errors).toEqual([]);
});
