import * as path from 'node:path';
import { build } from 'esbuild';

const ROOT = path.join(__dirname, '..', '..');

/** What a bundle is made of, by the packages and files that it takes in. */
async function inputsOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [path.join(ROOT, 'src', 'functions', `${entry}.lambda.ts`)],
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    external: ['redshift-websocket-query-definitions'],
    metafile: true,
    write: false,
  });
  return [...Object.keys(metafile.inputs), ...Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path: imported }) => imported))];
}

/** A function that starts is waited for by a person: it brings nothing that it does not use. */
test.each([
  ['on-connect', ['client-s3/']],
  ['on-message', ['client-s3/']],
  ['on-disconnect', ['client-s3/', 'client-redshift-data/', 'client-apigatewaymanagementapi/', 'redshift-websocket-query-definitions']],
  ['issue-ticket', ['client-s3/', 'client-redshift-data/', 'client-apigatewaymanagementapi/', 'client-sqs/', 'redshift-websocket-query-definitions']],
  ['redeem-ticket', ['client-s3/', 'client-redshift-data/', 'client-apigatewaymanagementapi/', 'client-sqs/', 'redshift-websocket-query-definitions']],
])('the bundle of %s does not contain %j', async (entry, absent) => {
  const inputs = await inputsOf(entry);
  expect(inputs.some((input) => input.includes('client-dynamodb/'))).toBe(true);
  expect(inputs.filter((input) => absent.some((name) => input.includes(name)))).toEqual([]);
});

test('the bundle of authorize-token does not contain the AWS SDK', async () => {
  const inputs = await inputsOf('authorize-token');
  expect(inputs.some((input) => input.includes('aws-jwt-verify/'))).toBe(true);
  expect(inputs.filter((input) => /@aws-sdk|@smithy/.test(input))).toEqual([]);
});
