import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

/** The headings of the files in a folder named `attacks`, in the order of the page. */
const HEADINGS: Readonly<Record<string, string>> = {
  'access.test.ts': 'Connect without permission',
  'connect.test.ts': 'Manipulate the connect request',
  'sql.test.ts': 'Inject SQL',
  'json.test.ts': 'Send malformed messages',
  'ids.test.ts': 'Read, resume or cancel the queries of others',
  'flood.test.ts': 'Overload the service',
  'page.test.ts': 'Inject HTML into the example\'s page',
};

const BLOCKS = ['describe'];
const TESTS = ['it', 'test', 'pageIt'];

interface Titled {
  readonly title: string;
  /** The first column of the rows of an `each`, if they are literals. */
  readonly rows: readonly string[];
  readonly isBlock: boolean;
  readonly children: Titled[];
}

/** The titles of all attack tests, as Markdown. */
export function attackTests(testDirectory: string): string[] {
  const files = fs.readdirSync(testDirectory, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(path.dirname(file)) === 'attacks' && file.endsWith('.test.ts'));
  const names = files.map((file) => path.basename(file));
  const unexpected = [...names.filter((name) => !(name in HEADINGS)), ...Object.keys(HEADINGS).filter((name) => !names.includes(name))];
  if (unexpected.length > 0) {
    throw new Error(`HEADINGS in projenrc/attack-tests.ts doesn't match the files with attack tests: add or remove ${unexpected.join(', ')}`);
  }
  return Object.entries(HEADINGS).flatMap(([name, heading]) => {
    const file = files.find((each) => path.basename(each) === name)!;
    return [`### ${heading}`, '', ...titlesOf(path.join(testDirectory, file)).flatMap((titled) => itemsOf(titled, '')), ''];
  });
}

function titlesOf(file: string): Titled[] {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  const titles: Titled[] = [];
  const visit = (node: ts.Node, found: Titled[]): void => {
    const titled = ts.isCallExpression(node) ? titledOf(node, source) : undefined;
    if (titled === undefined) {
      node.forEachChild((child) => visit(child, found));
      return;
    }
    found.push(titled);
    (node as ts.CallExpression).arguments.slice(1).forEach((argument) => visit(argument, titled.children));
  };
  visit(source, titles);
  return titles;
}

/** The title of a call such as `it('…', …)` or `it.each(rows)('…', …)`. */
function titledOf({ expression, arguments: [title] }: ts.CallExpression, source: ts.SourceFile): Titled | undefined {
  if (title === undefined || !ts.isStringLiteralLike(title)) {
    return undefined;
  }
  const each = ts.isCallExpression(expression) && ts.isPropertyAccessExpression(expression.expression) ? expression : undefined;
  const callee = each === undefined ? expression : (each.expression as ts.PropertyAccessExpression).expression;
  if (!ts.isIdentifier(callee) || ![...BLOCKS, ...TESTS].includes(callee.text)) {
    return undefined;
  }
  const rows = each === undefined ? [] : rowsOf(each.arguments[0], source);
  return { title: title.text, rows, isBlock: BLOCKS.includes(callee.text), children: [] };
}

function rowsOf(node: ts.Expression, source: ts.SourceFile): string[] {
  const array = ts.isIdentifier(node) ? constantOf(node.text, source) : node;
  return array !== undefined && ts.isArrayLiteralExpression(array)
    ? array.elements.flatMap((row) => {
      const first = ts.isArrayLiteralExpression(row) ? row.elements[0] : row;
      return ts.isStringLiteralLike(first) ? [first.text] : [];
    })
    : [];
}

function constantOf(name: string, source: ts.SourceFile): ts.Expression | undefined {
  const declarations = source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => [...declarationList.declarations]);
  return declarations.find((declaration) => declaration.name.getText() === name)?.initializer;
}

function itemsOf({ title, rows, isBlock, children }: Titled, indent: string): string[] {
  if (isBlock) {
    return [`${indent}- **${escaped(title)}**`, ...children.flatMap((child) => itemsOf(child, `${indent}  `))];
  }
  if (!title.includes('%s') || rows.length === 0) {
    return wrapped(`${indent}- `, escaped(title.replace(/: (%s )?%[sj]$/, '').replace(/%[sj]/g, '…')));
  }
  return wrapped(`${indent}- `, `${escaped(title.replace(/"?%s"?/g, '…').replace('%j', '…'))}: ${rows.map((row) => `*${escaped(row)}*`).join('; ')}`);
}

function escaped(text: string): string {
  return text.replace(/[\\*_<>|`[\]]/g, '\\$&');
}

const WIDTH = 120;

function wrapped(lead: string, text: string): string[] {
  const lines = [lead];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line.trim() !== lead.trim() && line.length + word.length >= WIDTH) {
      lines.push(`${' '.repeat(lead.length)}${word}`);
    } else {
      lines[lines.length - 1] = line === lead ? `${line}${word}` : `${line} ${word}`;
    }
  }
  return lines;
}
