import type { Column } from '../../src/protocol/messages';
import type { Cell } from '../../src/runtime/model/ports';

interface PageOptions {
  /** Number of rows of the result. */
  readonly totalRows: number;
  /** Omitted for the last page. */
  readonly nextToken?: string;
}

/** Returns a page as the Data API sends it. */
export function toDataApiPage(columns: readonly Column[], rows: readonly (readonly Cell[])[], { totalRows, nextToken }: PageOptions): string {
  return JSON.stringify({
    Records: rows.map((row) => row.map((cell, column) => toField(cell, columns[column].type))),
    ColumnMetadata: columns.map(toMetadata),
    TotalNumRows: totalRows,
    NextToken: nextToken,
  });
}

function toField(cell: Cell, type: string): object {
  if (cell === null) {
    return { isNull: true };
  }
  return typeof cell === 'number' ? { [type === 'float4' ? 'doubleValue' : 'longValue']: cell } : { stringValue: cell };
}

function toMetadata({ name, type }: Column): object {
  return {
    isCaseSensitive: type === 'varchar',
    isCurrency: false,
    isSigned: type !== 'varchar' && type !== 'date' && type !== 'timestamp',
    label: name,
    name,
    nullable: 1,
    precision: 0,
    scale: 0,
    schemaName: 'public',
    tableName: 'nyc_yellow_taxi',
    typeName: type,
    length: 0,
  };
}
