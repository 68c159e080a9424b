import Table from 'cli-table3';

/** Borders of a table in Markdown. */
const CHARS = {
  ...Object.fromEntries(['top', 'bottom', 'mid'].flatMap((name) => [name, `${name}-mid`, `${name}-left`, `${name}-right`].map((part) => [part, '']))),
  'left': '|',
  'left-mid': '',
  'mid-mid': '',
  'middle': '|',
  'right': '|',
  'right-mid': '',
};

/** Formats a table. The first column is aligned to the left, the others to the right. */
export function formatTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    chars: CHARS,
    style: { head: [], border: [] },
    colAligns: columns.map((_, index) => index === 0 ? 'left' : 'right'),
  });
  table.push([...columns], columns.map(() => '---'), ...rows.map((row) => [...row]));
  return table.toString();
}

/** Removes the padding of the cells, so that a change of one number changes one line. */
export function withoutPadding(table: string): string {
  return table.split('\n').map((line) => line.replace(/ +\|/g, ' |').replace(/\| +/g, '| ').trim()).join('\n');
}
