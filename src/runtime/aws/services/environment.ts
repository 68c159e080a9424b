import type { CallerIdentity } from '../../../shared/function-environment';
import type { QueryDefinitions, SqlSource } from '../../../shared/query-definitions';
import type { Queries } from '../../model/query-request';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads an environment variable. Throws if it isn't set. */
export function readSetting(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is not set; deploy this function with RedshiftWebSocketQuery`);
  }
  return value;
}

/** Reads an environment variable that is an integer of at least a minimum. Throws if it isn't. */
export function readCount(environment: Environment, name: string, minimum = 1): number {
  const value = readSetting(environment, name);
  if (!/^(0|[1-9]\d*)$/.test(value) || Number(value) < minimum) {
    throw new Error(`the environment variable ${name} is ${value}, which isn't an integer of at least ${minimum}; deploy this function with RedshiftWebSocketQuery`);
  }
  return Number(value);
}

/** How connections identify their callers. Returns undefined if they don't. */
export function readCallerIdentity({ CALLER_IDENTITY }: Environment): CallerIdentity | undefined {
  return CALLER_IDENTITY as CallerIdentity | undefined;
}

/** Reads an environment variable that is a JSON list of strings. Throws if it isn't. */
export function readList(environment: Environment, name: string): string[] {
  const value: unknown = JSON.parse(readSetting(environment, name));
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new Error(`the environment variable ${name} isn't a JSON list of strings; deploy this function with RedshiftWebSocketQuery`);
  }
  return value as string[];
}

/** Adds the SQL that is known only at deployment to the query definitions. */
export function readQueries(definitions: QueryDefinitions, environment: Environment): Queries {
  const queries = Object.entries(definitions).map(([name, definition]) => [name, { ...definition, sql: readSql(definition.sql, environment) }]);
  return Object.fromEntries(queries) as Queries;
}

function readSql(sql: SqlSource, environment: Environment): string {
  return 'inline' in sql ? sql.inline : readSetting(environment, sql.environmentVariable);
}
