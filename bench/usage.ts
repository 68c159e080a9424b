/** What AWS bills, except the time of Redshift. The names are those of the prices. */
export interface Usage {
  readonly apiMessages: number;
  readonly connectionMinutes: number;
  readonly invocations: number;
  readonly gigabyteSeconds: number;
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly queueRequests: number;
  readonly objectReads: number;
  readonly objectWrites: number;
  readonly parameterReads: number;
}

export const NO_USAGE: Usage = {
  apiMessages: 0,
  connectionMinutes: 0,
  invocations: 0,
  gigabyteSeconds: 0,
  readUnits: 0,
  writeUnits: 0,
  queueRequests: 0,
  objectReads: 0,
  objectWrites: 0,
  parameterReads: 0,
};

export const USAGE_NAMES = Object.keys(NO_USAGE) as (keyof Usage)[];

/** Adds usages, each multiplied by its factor. */
export function addUsage(...terms: readonly (readonly [usage: Partial<Usage>, factor: number])[]): Usage {
  return Object.fromEntries(USAGE_NAMES.map((name) =>
    [name, terms.reduce((total, [usage, factor]) => total + (usage[name] ?? 0) * factor, 0)])) as unknown as Usage;
}

const KB = 1024;

/** @see https://aws.amazon.com/api-gateway/pricing/ */
export function messageUnits(bytes: number): number {
  return units(bytes, 32 * KB);
}

/** @see https://aws.amazon.com/sqs/pricing/ */
export function queueRequestUnits(bytes: number): number {
  return units(bytes, 64 * KB);
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html */
export function transactionWriteUnits(itemBytes: number): number {
  return 2 * units(itemBytes, KB);
}

/** Lambda rounds each duration up to one millisecond. */
export function gigabyteSeconds(milliseconds: number, memoryMb: number): number {
  return Math.ceil(milliseconds) / 1000 * memoryMb / 1024;
}

function units(bytes: number, unit: number): number {
  return Math.max(1, Math.ceil(bytes / unit));
}
