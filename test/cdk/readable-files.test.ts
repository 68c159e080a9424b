import * as fs from 'fs';
import * as path from 'path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { RedshiftWebSocketQuery } from '../../src';
import { ENVIRONMENT, LEAST_PROPS } from '../support/construct';

const ASSETS = path.join(__dirname, '..', '..', 'assets', 'functions');

/** The bundles of the functions of a construct with the least props. */
const BUNDLES = ['on-connect', 'on-message', 'send-message', 'on-disconnect'].map((entry) => path.join(ASSETS, `${entry}.lambda`, 'index.js'));

function modeOf(file: string): string {
  return (fs.statSync(file).mode % 0o1000).toString(8);
}

/** The modes of the bundles in the cloud assembly of an app, by their contents. */
function stagedModes(directory: string): string[] {
  const staged = fs.readdirSync(directory).map((name) => path.join(directory, name, 'index.js')).filter((file) => fs.existsSync(file));
  const contents = BUNDLES.map((file) => fs.readFileSync(file, 'utf8'));
  return staged.filter((file) => contents.includes(fs.readFileSync(file, 'utf8'))).map(modeOf);
}

describe('the code of the functions', () => {
  const before = BUNDLES.map((file) => fs.statSync(file).mode);
  // As npm installs them under the umask 077.
  beforeEach(() => BUNDLES.forEach((file) => fs.chmodSync(file, 0o600)));
  afterEach(() => BUNDLES.forEach((file, index) => fs.chmodSync(file, before[index])));

  it.each<[string, (app: App) => Stage]>([
    ['an app', (app) => app],
    ['a stage', (app) => new Stage(app, 'Production')],
  ])('can be read by Lambda in %s when the files of the package are private', (_, stageOf) => {
    const app = new App();
    new RedshiftWebSocketQuery(new Stack(stageOf(app), 'Stack', { env: ENVIRONMENT }), 'Query', LEAST_PROPS);
    expect(stagedModes(app.synth().directory)).toEqual(['644', '644', '644', '644']);
  });

  it('does not change the files of the package when they are not copied', () => {
    const app = new App({ context: { [cxapi.DISABLE_ASSET_STAGING_CONTEXT]: true } });
    new RedshiftWebSocketQuery(new Stack(app, 'Stack', { env: ENVIRONMENT }), 'Query', LEAST_PROPS);
    app.synth();
    expect(BUNDLES.map(modeOf)).toEqual(['600', '600', '600', '600']);
  });
});
