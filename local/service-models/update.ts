import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ServiceModel, Shape } from './service-model';

/** Operations by service. `folder` is the directory of the model in botocore. */
const SERVICES = {
  'dynamodb': {
    folder: 'dynamodb/2012-08-10',
    operations: ['BatchGetItem', 'BatchWriteItem', 'CreateTable', 'DeleteItem', 'DeleteTable', 'DescribeTable', 'GetItem', 'PutItem', 'Query', 'Scan',
      'TransactGetItems', 'TransactWriteItems', 'UpdateItem'],
  },
  'sqs': { folder: 'sqs/2012-11-05', operations: ['ListMessageMoveTasks', 'SendMessage', 'SendMessageBatch', 'StartMessageMoveTask'] },
  's3': { folder: 's3/2006-03-01', operations: ['GetObject', 'PutObject'] },
  'apigatewaymanagementapi': { folder: 'apigatewaymanagementapi/2018-11-29', operations: ['DeleteConnection', 'GetConnection', 'PostToConnection'] },
  'redshift-data': {
    folder: 'redshift-data/2019-12-20',
    operations: ['CancelStatement', 'DescribeStatement', 'ExecuteStatement', 'GetStatementResult', 'ListStatements'],
  },
} as const;

/** Members of the models that describe inputs. */
const RETAINED_MEMBERS = ['type', 'required', 'members', 'member', 'key', 'value', 'min', 'max', 'pattern', 'enum', 'location', 'locationName', 'payload', 'shape'];

interface FullModel {
  readonly operations: Readonly<Record<string, { readonly input: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const USAGE = `Updates the service models in this directory from the Python package botocore (Apache-2.0).

  npx tsx local/service-models/update.ts [version of botocore]

Requires Python 3 and pip, which downloads botocore (default: the latest version).`;

/** Writes the models, sorted, so that a diff shows the changes of AWS. */
function update(version?: string): void {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'service-models-'));
  try {
    const requirement = version === undefined ? 'botocore' : `botocore==${version}`;
    process.stdout.write(`Downloading ${requirement}\n`);
    execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', directory, requirement], { stdio: 'inherit' });
    const [wheel] = fs.readdirSync(directory);
    execFileSync('python3', ['-m', 'zipfile', '-e', path.join(directory, wheel), directory]);
    const source = wheel.split('-').slice(0, 2).join(' ');
    for (const [service, { folder, operations }] of Object.entries(SERVICES)) {
      const file = path.join(directory, 'botocore', 'data', folder, 'service-2.json.gz');
      const model = extract(JSON.parse(gunzipSync(fs.readFileSync(file)).toString('utf8')) as FullModel, operations);
      const json = JSON.stringify({ source: `${source}, Apache-2.0`, ...model }, undefined, 1);
      fs.writeFileSync(path.join(__dirname, `${service}.json`), `${json}\n`);
      process.stdout.write(`  ${service}: ${operations.length} operations, ${Object.keys(model.shapes).length} shapes\n`);
    }
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

function extract({ operations, shapes }: FullModel, names: readonly string[]): Omit<ServiceModel, 'source'> {
  const inputs = Object.fromEntries(names.map((name) => [name, operations[name].input.shape]));
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (!reached.has(name)) {
      reached.add(name);
      const { members = {}, member, key, value } = shapes[name];
      [...Object.values(members), member, key, value].forEach((reference) => reference && visit(reference.shape));
    }
  };
  Object.values(inputs).forEach(visit);
  return { operations: inputs, shapes: Object.fromEntries([...reached].sort().map((name) => [name, trimmed(shapes[name]) as Shape])) };
}

function trimmed(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).filter(([name]) => RETAINED_MEMBERS.includes(name)).map(([name, item]) => [
    name,
    name === 'members' ? Object.fromEntries(Object.entries(item as object).map(([member, reference]) => [member, trimmed(reference)])) : trimmed(item),
  ]));
}

const [argument] = process.argv.slice(2);
if (argument === '--help') {
  process.stdout.write(`${USAGE}\n`);
} else {
  update(argument);
}
