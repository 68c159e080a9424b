import { Token } from 'aws-cdk-lib';
import { characterProblem } from './sql-characters';
import { foreignSyntaxProblem } from './sql-foreign-syntax';
import { hiddenPlaceholderProblem } from './sql-hidden-placeholders';
import { sqlPlace } from './sql-location';
import type { SqlProblem } from './sql-location';
import { readProblem } from './sql-reads';
import type { SqlTemplate } from './sql-template';
import { valuePlaceProblem } from './sql-value-positions';
import type { ParameterDefinition } from '../shared/query-definitions';
import type { SqlToken } from '../shared/sql-scanner';
import { SqlScanError, scanSql } from '../shared/sql-scanner';

/**
 * Maximum size of a statement in the Redshift Data API, in bytes.
 * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
 */
const MAX_STATEMENT_BYTES = 100 * 1024;

const PARAMETER_NAME = /^[A-Za-z_][0-9A-Za-z_]*$/;

/** Names with another meaning in the URL of a connection or in JavaScript. */
const RESERVED_NAMES: ReadonlyMap<string, string> = new Map([
  ['query', 'in the address of a connection it chooses the query'],
  ['__proto__', 'JavaScript has another use for it'],
]);

/** Keywords and functions with any number of values in parentheses. A list has another meaning in ANY, ALL and functions with fixed parameters. */
const LIST_TAKERS = new Set(['IN', 'COALESCE', 'NVL', 'GREATEST', 'LEAST', 'ARRAY']);

/** Rules for a template. */
export interface TemplateRules {
  /** Name of the template in errors. */
  readonly source: string;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly allowWrites: boolean;
}

/** Throws if a template or its parameters are invalid. A template known only at deployment passes unchecked. */
export function validateSqlTemplate(template: SqlTemplate, rules: TemplateRules): void {
  Object.keys(rules.parameters).forEach(validateParameterName);
  if (!Token.isUnresolved(template.sql)) {
    new TemplateValidation(template, rules).validate();
  }
}

function validateParameterName(name: string): void {
  if (!PARAMETER_NAME.test(name)) {
    throw new Error(`'${name}' is not the name of a parameter: use letters, digits and underscores, not beginning with a digit`);
  }
  const reason = RESERVED_NAMES.get(name);
  if (reason !== undefined) {
    throw new Error(`the parameter name '${name}' is taken: ${reason}; choose another name`);
  }
}

class TemplateValidation {
  private readonly tokens: readonly SqlToken[];
  /** The tokens that Redshift reads. */
  private readonly statement: readonly SqlToken[];

  constructor(private readonly template: SqlTemplate, private readonly rules: TemplateRules) {
    this.tokens = this.scan();
    this.statement = this.tokens.filter(({ kind }) => kind !== 'comment');
  }

  public validate(): void {
    this.validateNotEmpty();
    this.validateSize();
    this.reject(characterProblem(this.template.sql, this.statement));
    this.reject(foreignSyntaxProblem(this.template.sql, this.statement));
    this.validateOneStatement();
    this.reject(hiddenPlaceholderProblem(this.tokens, Object.keys(this.rules.parameters)));
    this.validatePlaceholders();
    this.statement.forEach((token, index) => this.validatePlace(token, index));
    this.validateRead();
  }

  private scan(): SqlToken[] {
    try {
      return [...scanSql(this.template.sql)];
    } catch (error) {
      throw error instanceof SqlScanError ? this.error(error.message, error.index) : error;
    }
  }

  /** Error with the place in the template. */
  private error(message: string, index: number): Error {
    return new Error(`${message}\n${sqlPlace(this.rules.source, this.template.sql, index)}`);
  }

  private reject(problem: SqlProblem | undefined): void {
    if (problem !== undefined) {
      throw this.error(problem.message, problem.index);
    }
  }

  private validateNotEmpty(): void {
    if (this.statement.every(({ kind }) => kind === 'semicolon')) {
      throw new Error(`${this.rules.source} is empty: write one SQL statement`);
    }
  }

  /** A list grows into one placeholder for each item, of which the last has the longest name, and what is NULL into that word. */
  private validateSize(): void {
    const { template: { sql }, rules: { source } } = this;
    const bytes = Buffer.byteLength(sql);
    if (bytes > MAX_STATEMENT_BYTES) {
      throw new Error(`${source} has ${bytes} bytes: the Redshift Data API takes at most ${MAX_STATEMENT_BYTES}; move a part of it into a view`);
    }
    const growth = this.placeholders().reduce((sum, { value }) => sum + growthOf(value, this.definitionOf(value)), 0);
    if (bytes + growth > MAX_STATEMENT_BYTES) {
      throw new Error(`${source} has ${bytes} bytes, and with its longest lists up to ${bytes + growth}: the Redshift Data API takes at most `
        + `${MAX_STATEMENT_BYTES}; give the lists a smaller maxItems, or move a part of it into a view`);
    }
  }

  private validateOneStatement(): void {
    const semicolon = this.statement.findIndex(({ kind }) => kind === 'semicolon');
    const second = this.statement.find(({ kind }, index) => semicolon >= 0 && index > semicolon && kind !== 'semicolon');
    if (second) {
      throw this.error('a second statement begins here: the Redshift Data API runs one; make it a query of its own', second.index);
    }
  }

  private validatePlaceholders(): void {
    const placeholders = this.placeholders();
    const undefinedOne = placeholders.find(({ value }) => this.definitionOf(value) === undefined);
    if (undefinedOne !== undefined) {
      const { value, index } = undefinedOne;
      throw this.error(`the placeholder ${value} has no parameter: add ${value.slice(1)} to parameters, or write :: for a cast`, index);
    }
    const unused = Object.keys(this.rules.parameters).find((name) => placeholders.every(({ value }) => value !== `:${name}`));
    if (unused !== undefined) {
      throw new Error(`the parameter '${unused}' has no placeholder in ${this.rules.source}: write :${unused} where its value belongs, or remove the parameter`);
    }
  }

  private validatePlace({ kind, value, index }: SqlToken, place: number): void {
    if (kind === 'symbol' && value === ':') {
      throw this.error(`${value} is not a placeholder: write a colon and the name of a parameter, in letters, digits and underscores`, index);
    }
    if (kind !== 'placeholder') {
      return;
    }
    const isList = this.definitionOf(value)?.kind === 'list';
    const problem = valuePlaceProblem(this.statement, place);
    if (problem !== undefined && !(isList && this.statement[place - 1].value.toUpperCase() === 'IN')) {
      throw this.error(`the placeholder ${value} ${problem}`, index);
    }
    if (isList && !this.mayBeList(place)) {
      throw this.error(`the placeholder ${value} is a list, which can stand only between commas or parentheses of ${[...LIST_TAKERS].join(', ')}: write IN (${value})`, index);
    }
  }

  private mayBeList(place: number): boolean {
    const isBetween = ['(', ','].includes(this.statement[place - 1]?.value) && [')', ','].includes(this.statement[place + 1]?.value);
    let depth = 0;
    for (let index = place - 1; isBetween && index > 0; index -= 1) {
      const { value } = this.statement[index];
      if (value === '(' && depth === 0) {
        return LIST_TAKERS.has(this.statement[index - 1].value.toUpperCase());
      }
      depth += Number(value === ')') - Number(value === '(');
    }
    return false;
  }

  private validateRead(): void {
    if (!this.rules.allowWrites) {
      this.reject(readProblem(this.statement.filter(({ kind }) => kind !== 'semicolon')));
    }
  }

  private placeholders(): SqlToken[] {
    return this.statement.filter(({ kind }) => kind === 'placeholder');
  }

  private definitionOf(placeholder: string): ParameterDefinition | undefined {
    const name = placeholder.slice(1);
    return Object.hasOwn(this.rules.parameters, name) ? this.rules.parameters[name] : undefined;
  }
}

/** Maximum number of bytes by which a placeholder grows when its value is bound. */
function growthOf(placeholder: string, definition?: ParameterDefinition): number {
  if (definition?.kind === 'list') {
    return definition.maxItems * `${placeholder}_${definition.maxItems}, `.length;
  }
  return Math.max(0, ' NULL '.length - placeholder.length);
}
