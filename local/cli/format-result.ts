import Table from 'cli-table3';
import type { QueryResult, ArrayRow } from 'redshift-websocket-client';

const NUMERIC_TYPES = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']);

const NO_BORDERS = {
  'top': '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  'bottom': '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  'left': '',
  'left-mid': '',
  'mid': '',
  'mid-mid': '',
  'right': '',
  'right-mid': '',
  'middle': '  ',
};

/** Formats a result as a table, with numbers aligned to the right. */
export function formatTable({ columns, rows }: QueryResult<ArrayRow>): string {
  const table = new Table({
    head: columns.map(({ name }) => name),
    colAligns: columns.map(({ type }) => (NUMERIC_TYPES.has(type) ? 'right' : 'left')),
    chars: NO_BORDERS,
    style: { 'head': [], 'border': [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map((value) => String(value ?? ''))));
  return table.toString();
}
