import { columnMetadata, ColumnMetadata, fieldJson } from './fields';
import { SqlColumn } from '../engine/sql-engine';

/** Maximum size of a page of a result. */
export interface PageSize {
  readonly rows: number;
  readonly bytes: number;
}

/** A result. Each row is a string of JSON. */
export interface StatementResult {
  readonly columns: readonly ColumnMetadata[];
  readonly rows: readonly string[];
  /** Bytes of the values. */
  readonly bytes: number;
  /** Bytes of the values of the largest row. */
  readonly largestRow: number;
}

/** Encodes a result. */
export function encodeResult(columns: readonly SqlColumn[], rows: ReadonlyArray<ReadonlyArray<string | null>>): StatementResult {
  let bytes = 0;
  let largestRow = 0;
  const encoded = rows.map((row) => {
    const size = row.reduce((sum, value) => sum + (value === null ? 0 : Buffer.byteLength(value)), 0);
    bytes += size;
    largestRow = Math.max(largestRow, size);
    return `[${row.map((value, index) => fieldJson(columns[index].typeOid, value)).join(',')}]`;
  });
  return { columns: columns.map(columnMetadata), rows: encoded, bytes, largestRow };
}

/** Formats one page as JSON, from row `start`. */
export function pageJson(result: StatementResult, start: number, size: PageSize, nextToken: (row: number) => string): string {
  let end = start;
  let bytes = 0;
  while (end < result.rows.length && end - start < size.rows && (end === start || bytes + result.rows[end].length <= size.bytes)) {
    bytes += result.rows[end].length;
    end += 1;
  }
  const members = [
    `"Records":[${result.rows.slice(start, end).join(',')}]`,
    `"ColumnMetadata":${JSON.stringify(result.columns)}`,
    `"TotalNumRows":${result.rows.length}`,
  ];
  if (end < result.rows.length) members.push(`"NextToken":${JSON.stringify(nextToken(end))}`);
  return `{${members.join(',')}}`;
}
