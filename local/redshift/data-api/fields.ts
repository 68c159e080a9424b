import { SqlColumn } from '../engine/sql-engine';

/** Metadata of a column in GetStatementResult. */
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
  readonly isString?: boolean;
}

const MAX_VARCHAR_BYTES = 65535;
/** Default precision in Redshift. In PostgreSQL, NUMERIC without a precision is unlimited. */
const NUMERIC_PRECISION = 38;

const VARCHAR: TypeDescription = { name: 'varchar', field: 'stringValue', precision: MAX_VARCHAR_BYTES, isString: true };
const NUMERIC: TypeDescription = { name: 'numeric', field: 'stringValue', precision: NUMERIC_PRECISION, isSigned: true };

/** Types by PostgreSQL OID, with their names in Redshift. */
const TYPES: Record<number, TypeDescription> = {
  16: { name: 'bool', field: 'booleanValue', precision: 1 },
  17: { name: 'varbyte', field: 'blobValue', precision: MAX_VARCHAR_BYTES },
  18: { name: 'char', field: 'stringValue', precision: 1, isString: true },
  19: { name: 'name', field: 'stringValue', precision: 63, isString: true },
  20: { name: 'int8', field: 'longValue', precision: 19, isSigned: true },
  21: { name: 'int2', field: 'longValue', precision: 5, isSigned: true },
  23: { name: 'int4', field: 'longValue', precision: 10, isSigned: true },
  25: VARCHAR,
  26: { name: 'oid', field: 'longValue', precision: 10 },
  700: { name: 'float4', field: 'doubleValue', precision: 8, scale: 8, isSigned: true },
  701: { name: 'float8', field: 'doubleValue', precision: 17, scale: 17, isSigned: true },
  705: VARCHAR,
  1042: { name: 'bpchar', field: 'stringValue', precision: MAX_VARCHAR_BYTES, isString: true },
  1043: VARCHAR,
  1082: { name: 'date', field: 'stringValue', precision: 13 },
  1083: { name: 'time', field: 'stringValue', precision: 15, scale: 6 },
  1114: { name: 'timestamp', field: 'stringValue', precision: 29, scale: 6 },
  1184: { name: 'timestamptz', field: 'stringValue', precision: 35, scale: 6 },
  1186: { name: 'interval', field: 'stringValue', precision: 49, scale: 6 },
  1266: { name: 'timetz', field: 'stringValue', precision: 21, scale: 6 },
  1700: NUMERIC,
};

function typeOf(oid: number): TypeDescription {
  return TYPES[oid] ?? VARCHAR;
}

/** Formats a field as JSON. Numbers keep the digits of the database, which a JavaScript number can lose. */
export function fieldJson(typeOid: number, value: string | null): string {
  if (value === null) return '{"isNull":true}';
  const { field } = typeOf(typeOid);
  if (field === 'longValue') return `{"longValue":${value}}`;
  if (field === 'doubleValue') return `{"doubleValue":${/^-?\d/.test(value) ? value : JSON.stringify(value)}}`;
  if (field === 'booleanValue') return `{"booleanValue":${value === 't'}}`;
  if (field === 'blobValue') return `{"blobValue":"${Buffer.from(value.slice(2), 'hex').toString('base64')}"}`;
  return `{"stringValue":${JSON.stringify(value)}}`;
}

/** Returns the metadata of a column. */
export function columnMetadata(column: SqlColumn): ColumnMetadata {
  const type = typeOf(column.typeOid);
  const size = sizeOf(type, column.typeModifier);
  return {
    isCaseSensitive: type.isString ?? false,
    isCurrency: false,
    isSigned: type.isSigned ?? false,
    label: column.name,
    length: type.isString ? size.precision : 0,
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

/** In PostgreSQL, the modifiers of these types include a header of 4 bytes. */
function sizeOf(type: TypeDescription, modifier: number): { readonly precision: number; readonly scale: number } {
  const isSized = modifier >= 4 && (type === NUMERIC || type.isString);
  if (!isSized) return { precision: type.precision, scale: type.scale ?? 0 };
  if (type === NUMERIC) return { precision: Math.floor((modifier - 4) / 65536), scale: (modifier - 4) % 65536 };
  return { precision: modifier - 4, scale: 0 };
}
