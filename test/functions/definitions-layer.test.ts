import * as fs from 'fs';
import * as path from 'path';
import type { App } from 'aws-cdk-lib';
import { construct, newStack } from '../support/construct';

/** The modes of all files and directories of the definitions layer in the cloud assembly of an app, such as `644`. */
function modesOfLayer(app: App): Record<string, string> {
  const { directory } = app.synth();
  const [asset] = fs.readdirSync(directory).filter((name) => fs.existsSync(path.join(directory, name, 'nodejs')));
  const layer = path.join(directory, asset);
  const names = ['', ...fs.readdirSync(layer, { recursive: true, encoding: 'utf8' })];
  return Object.fromEntries(names.map((name) => [name, (fs.statSync(path.join(layer, name)).mode % 0o1000).toString(8)]));
}

describe('DefinitionsLayer', () => {
  it.each(['077', '027', '022', '000'])('writes files that Lambda can read when the umask of the process is %s', (umask) => {
    const stack = newStack();
    construct({}, stack);
    const before = process.umask(umask);
    try {
      expect(modesOfLayer(stack.node.root as App)).toEqual({
        '': '755',
        'nodejs': '755',
        'nodejs/node_modules': '755',
        'nodejs/node_modules/redshift-websocket-query-definitions': '755',
        'nodejs/node_modules/redshift-websocket-query-definitions/index.json': '644',
      });
    } finally {
      process.umask(before);
    }
  });
});
