import { BOUND_COLUMN } from './named-parameters';
import { SqlColumn } from './sql-engine';

/** A column in the wire protocol of PostgreSQL. */
export interface WireColumn {
  readonly name: string;
  readonly tableOid: number;
  readonly columnNumber: number;
  readonly typeOid: number;
  readonly typeModifier: number;
}

/** Reads details of all columns of an array of table OIDs. */
export const COLUMN_DETAILS_SQL = `
  SELECT a.attrelid::text, a.attnum::text, n.nspname::text, c.relname::text, a.attnotnull::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0`;

/** OIDs of the tables of the columns, as a PostgreSQL array. Undefined if all columns are computed. */
export function tableOids(columns: readonly WireColumn[]): string | undefined {
  const oids = new Set(columns.map((column) => column.tableOid).filter((oid) => oid > 0));
  return oids.size > 0 ? `{${[...oids].join(',')}}` : undefined;
}

/** Merges columns of the wire protocol with details of the catalog. */
export function describeColumns(columns: readonly WireColumn[], details: ReadonlyArray<ReadonlyArray<string | null>>): SqlColumn[] {
  const found = new Map(details.map((detail) => [`${detail[0]}.${detail[1]}`, detail]));
  return columns.map((column) => {
    const detail = found.get(`${column.tableOid}.${column.columnNumber}`);
    return {
      name: column.name === BOUND_COLUMN.name ? BOUND_COLUMN.shown : column.name,
      typeOid: column.typeOid,
      typeModifier: column.typeModifier,
      schemaName: detail?.[2] ?? '',
      tableName: detail?.[3] ?? '',
      nullable: detail === undefined ? 2 : detail[4] === 'true' ? 0 : 1,
      ...(detail?.[5] ? { defaultExpression: detail[5] } : {}),
    };
  });
}

/** Number of rows in a command tag such as `INSERT 0 5`, or -1. */
export function countOf(commandTag: string): number {
  const count = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|FETCH|MOVE)\b.* (\d+)$/.exec(commandTag)?.[1];
  return count === undefined ? -1 : Number(count);
}
