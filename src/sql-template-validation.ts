import { Token } from 'aws-cdk-lib';
import { position, scanSql } from './sql-scanner';
import type { SqlToken } from './sql-scanner';
import type { SqlTemplate } from './sql-template';

/**
 * The longest statement that the Redshift Data API takes, in bytes.
 * @see https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
 */
const MAXIMUM_STATEMENT_BYTES = 100 * 1024;

const PARAMETER_NAME = /^[A-Za-z_][0-9A-Za-z_]*$/;

/** Names that a connection's query string keeps for itself. */
const RESERVED_NAMES = new Set(['query']);

/** Throws, naming the bad value and the remedy, when a template and its parameters cannot work. A template known only at deployment passes. */
export function validateSqlTemplate(template: SqlTemplate, parameterNames: readonly string[]): void {
  parameterNames.forEach(validateParameterName);
  if (Token.isUnresolved(template.sql)) {
    return;
  }
  const tokens = tokensOf(template);
  validateNotEmpty(template, tokens);
  validateSize(template);
  validateOneStatement(template, tokens);
  const placeholders = tokens.filter(({ kind }) => kind === 'placeholder').map(({ text }) => text.slice(1));
  validateQuotes(template, tokens, parameterNames);
  validatePlaceholders(template, placeholders, parameterNames);
}

function tokensOf(template: SqlTemplate): SqlToken[] {
  try {
    return [...scanSql(template.sql)];
  } catch (error) {
    throw new Error(`${template._source}: ${(error as Error).message}`);
  }
}

function validateParameterName(name: string): void {
  if (!PARAMETER_NAME.test(name)) {
    throw new Error(`'${name}' is not the name of a parameter: use letters, digits and underscores, not beginning with a digit`);
  }
  if (RESERVED_NAMES.has(name)) {
    throw new Error(`the parameter name '${name}' is taken: in the address of a connection it chooses the query; choose another name`);
  }
}

function validateNotEmpty(template: SqlTemplate, tokens: readonly SqlToken[]): void {
  if (tokens.every(({ kind }) => kind === 'semicolon')) {
    throw new Error(`${template._source} is empty: write one SQL statement`);
  }
}

function validateSize(template: SqlTemplate): void {
  const bytes = Buffer.byteLength(template.sql);
  if (bytes > MAXIMUM_STATEMENT_BYTES) {
    throw new Error(`${template._source} has ${bytes} bytes: the Redshift Data API takes at most ${MAXIMUM_STATEMENT_BYTES}; move a part of it into a view`);
  }
}

function validateOneStatement(template: SqlTemplate, tokens: readonly SqlToken[]): void {
  const semicolon = tokens.findIndex(({ kind }) => kind === 'semicolon');
  const second = tokens.find(({ kind }, index) => semicolon >= 0 && index > semicolon && kind !== 'semicolon');
  if (second) {
    throw new Error(`${template._source} has a second statement at ${position(template.sql, second.index)}: the Redshift Data API runs one; make it a query of its own`);
  }
}

function validateQuotes(template: SqlTemplate, tokens: readonly SqlToken[], parameterNames: readonly string[]): void {
  for (const { text, index } of tokens.filter(({ kind }) => kind === 'quoted')) {
    const name = parameterNames.find((candidate) => new RegExp(`:${candidate}(?![0-9A-Za-z_])`).test(text));
    if (name !== undefined) {
      throw new Error(`the placeholder :${name} in ${template._source} stands inside quotes at ${position(template.sql, index)}, where it is not replaced: `
        + `take it out, as in ${text[0] === '"' ? `:${name}` : `'…' || :${name} || '…'`}`);
    }
  }
}

function validatePlaceholders(template: SqlTemplate, placeholders: readonly string[], parameterNames: readonly string[]): void {
  const undefinedName = placeholders.find((name) => !parameterNames.includes(name));
  if (undefinedName !== undefined) {
    throw new Error(`the placeholder :${undefinedName} in ${template._source} has no parameter: add ${undefinedName} to parameters, or write :: for a cast`);
  }
  const unused = parameterNames.find((name) => !placeholders.includes(name));
  if (unused !== undefined) {
    throw new Error(`the parameter '${unused}' has no placeholder in ${template._source}: write :${unused} where its value belongs, or remove the parameter`);
  }
}
