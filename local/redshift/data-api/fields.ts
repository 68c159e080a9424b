import { SqlColumn } from '../engine/sql-engine';

/** The properties of a column as the service tells them. */
export interface ColumnMetadata {
  readonly isCaseSensitive: boolean;
  readonly isCurrency: boolean;
  readonly isSigned: boolean;
  readonly label: string;
  readonly length: number;
  readonly name: string;
  readonly nullable: number;
  readonly precision: number;
  readonly scale: number;
  readonly schemaName: string;
  readonly tableName: string;
  readonly typeName: string;
  readonly columnDefault?: string;
}

type FieldKind = 'booleanValue' | 'longValue' | 'doubleValue' | 'stringValue' | 'blobValue';

interface TypeDescription {
  readonly name: string;
  readonly field: FieldKind;
  readonly precision: number;
  readonly scale?: number;
  readonly isSigned?: boolean;
  readonly isText?: boolean;
}

const LONGEST_TEXT = 65535;
/** Redshift's own default; PostgreSQL computes NUMERIC without a precision to any length. */
const NUMERIC_PRECISION = 38;

const TEXT: TypeDescription = { name: 'varchar', field: 'stringValue', precision: LONGEST_TEXT, isText: true };
const NUMERIC: TypeDescription = { name: 'numeric', field: 'stringValue', precision: NUMERIC_PRECISION, isSigned: true };

/** PostgreSQL's types by oid, under Redshift's names. */
const TYPES: Record<number, TypeDescription> = {
  16: { name: 'bool', field: 'booleanValue', precision: 1 },
  17: { name: 'varbyte', field: 'blobValue', precision: LONGEST_TEXT },
  18: { name: 'char', field: 'stringValue', precision: 1, isText: true },
  19: { name: 'name', field: 'stringValue', precision: 63, isText: true },
  20: { name: 'int8', field: 'longValue', precision: 19, isSigned: true },
  21: { name: 'int2', field: 'longValue', precision: 5, isSigned: true },
  23: { name: 'int4', field: 'longValue', precision: 10, isSigned: true },
  25: TEXT,
  26: { name: 'oid', field: 'longValue', precision: 10 },
  700: { name: 'float4', field: 'doubleValue', precision: 8, scale: 8, isSigned: true },
  701: { name: 'float8', field: 'doubleValue', precision: 17, scale: 17, isSigned: true },
  705: TEXT,
  1042: { name: 'bpchar', field: 'stringValue', precision: LONGEST_TEXT, isText: true },
  1043: TEXT,
  1082: { name: 'date', field: 'stringValue', precision: 13 },
  1083: { name: 'time', field: 'stringValue', precision: 15, scale: 6 },
  1114: { name: 'timestamp', field: 'stringValue', precision: 29, scale: 6 },
  1184: { name: 'timestamptz', field: 'stringValue', precision: 35, scale: 6 },
  1186: { name: 'interval', field: 'stringValue', precision: 49, scale: 6 },
  1266: { name: 'timetz', field: 'stringValue', precision: 21, scale: 6 },
  1700: NUMERIC,
};

function typeOf(oid: number): TypeDescription {
  return TYPES[oid] ?? TEXT;
}

/** The JSON text of one field. Numbers are the database's own digits: a JavaScript number would lose some. */
export function fieldJson(typeOid: number, value: string | null): string {
  if (value === null) return '{"isNull":true}';
  const { field } = typeOf(typeOid);
  if (field === 'longValue') return `{"longValue":${value}}`;
  if (field === 'doubleValue') return `{"doubleValue":${/^-?\d/.test(value) ? value : JSON.stringify(value)}}`;
  if (field === 'booleanValue') return `{"booleanValue":${value === 't'}}`;
  if (field === 'blobValue') return `{"blobValue":"${Buffer.from(value.slice(2), 'hex').toString('base64')}"}`;
  return `{"stringValue":${JSON.stringify(value)}}`;
}

/** What the service tells about a column. */
export function columnMetadata(column: SqlColumn): ColumnMetadata {
  const type = typeOf(column.typeOid);
  const size = sizeOf(type, column.typeModifier);
  return {
    isCaseSensitive: type.isText ?? false,
    isCurrency: false,
    isSigned: type.isSigned ?? false,
    label: column.name,
    length: type.isText ? size.precision : 0,
    name: column.name,
    nullable: column.nullable,
    precision: size.precision,
    scale: size.scale,
    schemaName: column.schemaName,
    tableName: column.tableName,
    typeName: type.name,
    ...(column.defaultExpression === undefined ? {} : { columnDefault: column.defaultExpression }),
  };
}

/** PostgreSQL counts four bytes of header into the modifiers of these types. */
function sizeOf(type: TypeDescription, modifier: number): { readonly precision: number; readonly scale: number } {
  const isSized = modifier >= 4 && (type === NUMERIC || type.isText);
  if (!isSized) return { precision: type.precision, scale: type.scale ?? 0 };
  if (type === NUMERIC) return { precision: Math.floor((modifier - 4) / 65536), scale: (modifier - 4) % 65536 };
  return { precision: modifier - 4, scale: 0 };
}
