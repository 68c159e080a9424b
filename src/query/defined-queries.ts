import { Token } from 'aws-cdk-lib';
import { queryLimits } from './query-limits';
import type { QueryProps } from './query-props';
import type { SqlTemplate } from './sql-template';
import { validateSqlTemplate } from './sql-template-validation';
import type { CallerIdentity } from '../shared/function-environment';
import { IAM_CLAIMS } from '../shared/function-environment';
import type { ParameterDefinition, QueryDefinition, QueryDefinitions, SqlSource } from '../shared/query-definitions';
import { DEFAULT_QUERY } from '../shared/query-definitions';

const QUERY_NAME = /^[A-Za-z][\w.-]{0,127}$/;

/** Queries of a construct. More can be added until the app is synthesized. */
export class DefinedQueries {
  private readonly definitions = new Map<string, QueryDefinition>();

  /** `callerIdentity` is undefined if callers aren't known. */
  constructor(private readonly callerIdentity?: CallerIdentity) {}

  /** Adds a query, and returns the environment variables that it needs. Throws if the query is invalid. */
  public add(name: string, props: QueryProps): Readonly<Record<string, string>> {
    this.validateName(name);
    const { sql, allowWrites = false } = props;
    const parameters = definitionsOf(props);
    Object.entries(parameters).forEach(([parameter, { claim }]) => this.validateClaim(parameter, claim));
    const source = name === DEFAULT_QUERY ? sql._source : `${sql._source} of the query '${name}'`;
    validateSqlTemplate(sql, { source, parameters, allowWrites });
    const limits = queryLimits(props);
    const variables = variablesOf(name, sql);
    this.definitions.set(name, { sql: sqlSourceOf(sql, variables), parameters, ...limits });
    return variables;
  }

  /** Definitions for the functions, sorted by name. */
  public toDefinitions(): QueryDefinitions {
    return sortedByName(this.definitions);
  }

  public all(): QueryDefinition[] {
    return [...this.definitions.values()];
  }

  /** Claims that parameters use. */
  public claimNames(): string[] {
    const claims = this.all().flatMap(({ parameters }) => Object.values(parameters)).flatMap(({ claim }) => claim ?? []);
    return [...new Set(claims)].sort();
  }

  private validateClaim(parameter: string, claim?: string): void {
    if (claim === undefined) {
      return;
    }
    if (this.callerIdentity === undefined) {
      throw new Error(`the parameter '${parameter}' comes from a claim, but with ConnectionAccess.open() callers are not known, so there are no claims: `
        + 'choose another access, such as ConnectionAccess.cognitoUserPool(), or let clients give the parameter');
    }
    if (this.callerIdentity === 'iam' && !IAM_CLAIMS.some((known) => known === claim)) {
      throw new Error(`the parameter '${parameter}' comes from the claim '${claim}', but callers with IAM credentials have only ${IAM_CLAIMS.join(', ')}: `
        + 'choose one of them, or another access, such as ConnectionAccess.cognitoUserPool()');
    }
  }

  private validateName(name: string): void {
    if (Token.isUnresolved(name)) {
      throw new Error('the name of a query must be known at synthesis, but is a token: write it out');
    }
    if (!QUERY_NAME.test(name)) {
      throw new Error(`'${name}' is not a name of a query: use 1 to 128 letters, digits, underscores, hyphens and periods, beginning with a letter`);
    }
    if (this.definitions.has(name)) {
      throw new Error(`there is a query named '${name}' already${name === DEFAULT_QUERY ? ', the one of the construct itself' : ''}: choose another name`);
    }
  }
}

/** SQL known only at deployment can't be in the layer. */
function variablesOf(name: string, { sql }: SqlTemplate): Readonly<Record<string, string>> {
  return Token.isUnresolved(sql) ? { [variableOf(name)]: sql } : {};
}

function definitionsOf({ parameters = {} }: QueryProps): Record<string, ParameterDefinition> {
  return sortedByName(Object.entries(parameters).map(([name, parameter]) => [name, parameter._definition]));
}

/** Sorted, because the order of a map differs between processes in some languages, and the deployment must not change with it. */
function sortedByName<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries([...entries].sort(([one], [other]) => one < other ? -1 : 1));
}

/** Environment variable for the SQL of a query: unique for each name, and independent of the order of queries. */
function variableOf(name: string): string {
  return `SQL_${name.replace(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}`)}`;
}

function sqlSourceOf({ sql }: SqlTemplate, variables: Readonly<Record<string, string>>): SqlSource {
  const [environmentVariable] = Object.keys(variables);
  return environmentVariable === undefined ? { inline: sql } : { environmentVariable };
}
