import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as ts from 'typescript';
import { installPackage, PROJECT } from '../../package/packages';

const NAME = 'cdk-redshift-websocket-query';

/** An app with an invalid value for each prop that has a class of the package. */
const APP = `
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQueryProps, SqlTemplate } from '${NAME}';

export const valid: RedshiftWebSocketQueryProps = {
  cluster: RedshiftCluster.fromClusterIdentifier('analytics'),
  databaseUser: DatabaseUser.iam(),
  sql: SqlTemplate.inline('SELECT :day'),
  parameters: { day: QueryParameter.date() },
  access: ConnectionAccess.open(),
};
// @ts-expect-error
export const cluster: RedshiftCluster = { clusterIdentifier: 'analytics' };
// @ts-expect-error
export const databaseUser: DatabaseUser = {};
// @ts-expect-error
export const sql: SqlTemplate = { sql: 'SELECT 1' };
// @ts-expect-error
export const parameter: QueryParameter = {};
// @ts-expect-error
export const access: ConnectionAccess = {};
// @ts-expect-error
valid.databaseUser._secret;
`;

let directory: string;

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'declarations-'));
  installPackage(NAME, directory);
  for (const name of ['aws-cdk-lib', 'constructs', '@types']) {
    fs.symlinkSync(path.join(PROJECT, 'node_modules', name), path.join(directory, 'node_modules', name));
  }
});
afterAll(() => fs.rmSync(directory, { recursive: true }));

describe('the declarations of cdk-redshift-websocket-query', () => {
  it('accept only instances of the classes of the package, and have no internal members', () => {
    const file = path.join(directory, 'app.ts');
    fs.writeFileSync(file, APP);
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16, target: ts.ScriptTarget.ES2022, types: ['node'], strict: true, skipLibCheck: true, noEmit: true,
    });
    const errors = ts.getPreEmitDiagnostics(program).map(({ file: source, messageText }) => `${source?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
    expect(errors).toEqual([]);
  });
});
