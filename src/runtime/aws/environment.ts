import type { QueryDefinitions, SqlText } from '../../function-settings';
import type { Queries } from '../question';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a variable that the construct always sets. Throws when it is missing. */
export function setting(environment: Environment, name: string): string {
  const value = environment[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is not set; deploy this function with RedshiftWebSocketQuery`);
  }
  return value;
}

/** The queries, with the SQL texts that became known only at deployment. */
export function queriesOf(definitions: QueryDefinitions, environment: Environment): Queries {
  return Object.fromEntries(Object.entries(definitions).map(([name, { sql, parameters }]) => [name, { sql: textOf(sql, environment), parameters }]));
}

function textOf(sql: SqlText, environment: Environment): string {
  return 'text' in sql ? sql.text : setting(environment, sql.environmentVariable);
}
