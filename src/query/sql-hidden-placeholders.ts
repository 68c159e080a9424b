import type { SqlProblem } from './sql-location';
import { castTo, typeBefore } from './sql-value-positions';
import type { SqlToken } from '../shared/sql-scanner';

/** What stands in the quotes: the placeholder alone, or with wildcards of LIKE around it. */
const ALONE = /^[%_\s]*:\w+[%_\s]*$/;

const QUOTES = /^((?:[BbEeNnXx]|[Uu]&)?['"]|\$\w*\$)([^]*?)(?:['"]|\$\w*\$)$/;

/** A placeholder of a parameter in a comment or in quotes, where no value is bound. Other colons, as in 'HH24:MI:SS', mean nothing. */
export function hiddenPlaceholderProblem(tokens: readonly SqlToken[], parameters: readonly string[]): SqlProblem | undefined {
  const statement = tokens.filter(({ kind }) => kind !== 'comment');
  const used = new Set(statement.filter(({ kind }) => kind === 'placeholder').map(({ value }) => value.slice(1)));
  return tokens
    .filter(({ kind }) => ['string', 'identifier', 'comment'].includes(kind))
    .flatMap((token) => [...token.value.matchAll(/(?<!:):(\w+)/g)]
      .filter(([, name]) => parameters.includes(name))
      .map((match) => token.kind === 'comment'
        ? inComment(token, match)
        : inQuotes(token, match, used, typeBefore(statement, statement.indexOf(token)))))
    .find((problem) => problem !== undefined);
}

function inComment({ value, index }: SqlToken, match: RegExpExecArray): SqlProblem | undefined {
  const [placeholder, name] = match;
  const message = `the placeholder ${placeholder} stands inside a comment, where it is not replaced: remove its colon, as in ${name}`;
  return /[\w%/]/.test(value[match.index - 1]) ? undefined : { index: index + match.index, message };
}

/** A parameter without another placeholder is meant to have one here. */
function inQuotes({ value, index }: SqlToken, match: RegExpExecArray, used: ReadonlySet<string>, type?: string): SqlProblem | undefined {
  const [, quote, content] = QUOTES.exec(value)!;
  const [placeholder, name] = match;
  const remedy = replacement(quote, content, placeholder, type);
  const message = `the placeholder ${placeholder} stands inside quotes, where it is not replaced: write ${remedy}, `
    + 'or rename the parameter if the quotes have no placeholder';
  return used.has(name) && !ALONE.test(content) ? undefined : { index: index + match.index, message };
}

/** The same string, with the placeholder outside of the quotes. */
function replacement(quote: string, content: string, placeholder: string, type: string | undefined): string {
  if (type !== undefined) {
    return castTo(type, placeholder);
  }
  if (quote === '"') {
    return `${placeholder} without quotes for a value, and a query for each name`;
  }
  const closing = quote.slice(quote.search(/\W/));
  const [before, after] = content.split(placeholder, 2).map((part) => part === '' ? [] : [`${quote}${part.length > 40 ? '…' : part}${closing}`]);
  return [...before, placeholder, ...after].join(' || ');
}
