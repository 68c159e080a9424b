import { BOUND_COLUMN } from './named-parameters';
import { SqlColumn } from './sql-engine';

/** A column as the wire protocol describes it. */
export interface WireColumn {
  readonly name: string;
  readonly tableOid: number;
  readonly columnNumber: number;
  readonly typeOid: number;
  readonly typeModifier: number;
}

/** Reads where columns come from; takes an array of table oids, and every answer is text. */
export const COLUMN_DETAILS_SQL = `
  SELECT a.attrelid::text, a.attnum::text, n.nspname::text, c.relname::text, a.attnotnull::text, pg_catalog.pg_get_expr(d.adbin, d.adrelid)
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0`;

/** The tables that the columns come from, as a PostgreSQL array; undefined when all are computed. */
export function tableOids(columns: readonly WireColumn[]): string | undefined {
  const oids = new Set(columns.map((column) => column.tableOid).filter((oid) => oid > 0));
  return oids.size > 0 ? `{${[...oids].join(',')}}` : undefined;
}

/** Joins what the wire protocol says with what the catalog says. */
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

/** The number of rows that a command tag such as `INSERT 0 5` counts, or -1. */
export function countOf(commandTag: string): number {
  const count = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|COPY|FETCH|MOVE)\b.* (\d+)$/.exec(commandTag)?.[1];
  return count === undefined ? -1 : Number(count);
}
