import type { CallerIdentity } from '../../../shared/function-environment';
import type { QueryDefinitions, SqlSource } from '../../../shared/query-definitions';
import type { Queries } from '../../model/query-request';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a variable that the construct always sets. Throws when it is missing. */
export function setting(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is not set; deploy this function with RedshiftWebSocketQuery`);
  }
  return value;
}

/** Reads a variable that the construct always sets to a whole number of at least 1. Throws when it is something else. */
export function countSetting(environment: Environment, name: string): number {
  const value = setting(environment, name);
  if (!/^[1-9]\d*$/.test(value)) {
    throw new Error(`the environment variable ${name} is ${value}, which is no whole number of at least 1; deploy this function with RedshiftWebSocketQuery`);
  }
  return Number(value);
}

/** How connections tell who their clients are; undefined where they do not. */
export function callerIdentity({ CALLER_IDENTITY }: Environment): CallerIdentity | undefined {
  return CALLER_IDENTITY as CallerIdentity | undefined;
}

/** Reads a variable that the construct always sets to a JSON list of texts. Throws when it is something else. */
export function listSetting(environment: Environment, name: string): string[] {
  const value: unknown = JSON.parse(setting(environment, name));
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new Error(`the environment variable ${name} is no JSON list of texts; deploy this function with RedshiftWebSocketQuery`);
  }
  return value as string[];
}

/** The queries, with the SQL texts that became known only at deployment. */
export function queriesOf(definitions: QueryDefinitions, environment: Environment): Queries {
  const queries = Object.entries(definitions).map(([name, definition]) => [name, { ...definition, sql: textOf(definition.sql, environment) }]);
  return Object.fromEntries(queries) as Queries;
}

function textOf(sql: SqlSource, environment: Environment): string {
  return 'text' in sql ? sql.text : setting(environment, sql.environmentVariable);
}
