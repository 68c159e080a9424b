import * as fs from 'fs';
import * as path from 'path';
import { FileSystem, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DEFINITIONS_MODULE } from './function-settings';
import type { QueryDefinition, SqlText } from './function-settings';
import type { QueryTimes } from './query-limits';
import type { QueryParameter } from './query-parameter';
import type { SqlTemplate } from './sql-template';

/** A query as the app defines it. */
export interface QueryProps {
  readonly sql: SqlTemplate;
  readonly parameters: Readonly<Record<string, QueryParameter>>;
  readonly times: QueryTimes;
}

/**
 * Carries the queries to the functions: in a layer, since an environment holds 4 KB and one statement alone may have 100 KB.
 * SQL known only at deployment cannot be in a file, and goes by environment variable.
 */
export class DefinitionsLayer extends Construct {
  public readonly layer: lambda.LayerVersion;

  /** The environment that the functions need beside the layer. */
  public readonly environment: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, queries: Readonly<Record<string, QueryProps>>) {
    super(scope, id);
    const environment: Record<string, string> = {};
    const definitions = Object.entries(queries).map(([name, query], index) => [name, definitionOf(query, `SQL_${index}`, environment)]);
    this.environment = environment;
    this.layer = new lambda.LayerVersion(this, 'Layer', {
      description: 'The query definitions of RedshiftWebSocketQuery',
      code: lambda.Code.fromAsset(writeModule(JSON.stringify(Object.fromEntries(definitions)))),
    });
  }
}

function definitionOf({ sql, parameters, times }: QueryProps, environmentVariable: string, environment: Record<string, string>): QueryDefinition {
  return {
    sql: sqlText(sql, environmentVariable, environment),
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter._definition])),
    ...times,
  };
}

function sqlText({ sql }: SqlTemplate, environmentVariable: string, environment: Record<string, string>): SqlText {
  if (!Token.isUnresolved(sql)) {
    return { text: sql };
  }
  environment[environmentVariable] = sql;
  return { environmentVariable };
}

/** Lambda finds modules of a layer under nodejs/node_modules. */
function writeModule(json: string): string {
  const directory = FileSystem.mkdtemp('query-definitions-');
  const moduleDirectory = path.join(directory, 'nodejs', 'node_modules', DEFINITIONS_MODULE);
  fs.mkdirSync(moduleDirectory, { recursive: true });
  fs.writeFileSync(path.join(moduleDirectory, 'index.json'), json);
  return directory;
}
