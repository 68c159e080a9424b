import * as fs from 'fs';
import * as path from 'path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { LateAssetCode } from '../cdk/late-asset-code';
import type { DefinedQueries } from '../query/defined-queries';
import { DEFINITIONS_MODULE } from '../shared/query-definitions';

/** Lambda layer with the query definitions: environment variables are limited to 4 KB, and one statement can have 100 KB. */
export class DefinitionsLayer extends Construct {
  public readonly layer: lambda.LayerVersion;

  constructor(scope: Construct, id: string, queries: DefinedQueries) {
    super(scope, id);
    this.layer = new lambda.LayerVersion(this, 'Layer', {
      description: 'Query definitions of RedshiftWebSocketQuery',
      code: new LateAssetCode((directory) => writeModule(directory, JSON.stringify(queries.toDefinitions()))),
    });
  }
}

/** Lambda finds modules of a layer under nodejs/node_modules. */
function writeModule(directory: string, json: string): void {
  const moduleDirectory = path.join(directory, 'nodejs', 'node_modules', DEFINITIONS_MODULE);
  fs.mkdirSync(moduleDirectory, { recursive: true });
  fs.writeFileSync(path.join(moduleDirectory, 'index.json'), json);
}
