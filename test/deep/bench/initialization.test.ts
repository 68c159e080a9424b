import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { bundleClients, replaceFiles, sourceOf, writeDefinitions } from '../../../bench/initialization/bundles';
import { FUNCTIONS } from '../../../bench/initialization/functions';
import { measure } from '../../../bench/initialization/measure';
import { PROJECT } from '../../../local/cli/project';

let directory: string;

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'benchmark-'));
});

afterEach(() => fs.rmSync(directory, { recursive: true }));

describe('the benchmark of the initialization', () => {
  it('includes every function', () => {
    const entries = fs.readdirSync(path.join(PROJECT, 'src', 'functions')).filter((file) => file.endsWith('.lambda.ts'));
    expect(FUNCTIONS.map(({ name }) => `${name}.lambda.ts`).sort()).toEqual(entries.sort());
  });

  it.each(FUNCTIONS)('loads $name and its clients', async (bundled) => {
    const rounds: number[] = [];
    const bundles = bundleClients(bundled, directory);
    const measurement = await measure(bundled, bundles, writeDefinitions(directory), 1, () => rounds.push(1));
    expect(measurement.ownMs).toBeGreaterThan(0);
    expect(measurement.ratio).toEqual(bundled.clients.length === 0 ? undefined : measurement.ownMs / measurement.bareMs);
    expect(rounds).toEqual([1]);
  });

  it('fails when a bundle can not be loaded', async () => {
    const bundle = path.join(directory, 'bundle.js');
    fs.writeFileSync(bundle, 'throw new Error("the bundle is broken");');
    await expect(measure(FUNCTIONS[0], { own: bundle, bare: bundle }, directory, 1, () => undefined)).rejects.toThrow('the bundle is broken');
  });
});

test('sourceOf creates each client', () => {
  expect(sourceOf(['SQSClient', 'S3Client'])).toBe([
    "import { SQSClient } from '@aws-sdk/client-sqs';\nexport const newSQSClient = new SQSClient({});\n",
    "import { S3Client } from '@aws-sdk/client-s3';\nexport const newS3Client = new S3Client({});\n",
  ].join(''));
});

describe('replaceFiles', () => {
  it('replaces the entry and the output, and no option', () => {
    expect(replaceFiles(['--bundle', 'src/functions/on-connect.lambda.ts', '--outfile=old.js', '--minify'], 'new.ts', 'new.js'))
      .toEqual(['--bundle', 'new.ts', '--outfile=new.js', '--minify']);
  });

  it('throws when the command has no output', () => {
    expect(() => replaceFiles(['src/functions/on-connect.lambda.ts'], 'new.ts', 'new.js')).toThrow('the command has no entry or no output');
  });
});
