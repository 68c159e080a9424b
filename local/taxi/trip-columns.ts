/** Types of the columns. */
export type TripColumnType = 'date' | 'timestamp' | 'smallint' | 'real' | 'varchar(20)';

/** Name of the table. */
export const TRIP_TABLE = 'nyc_yellow_taxi';

/** Columns of the table, in order. */
export const TRIP_COLUMNS: ReadonlyArray<{ readonly name: string; readonly type: TripColumnType }> = [
  { name: 'pickup_date', type: 'date' },
  { name: 'pickup_datetime', type: 'timestamp' },
  { name: 'dropoff_datetime', type: 'timestamp' },
  { name: 'ratecode', type: 'smallint' },
  { name: 'passenger_count', type: 'smallint' },
  { name: 'trip_distance', type: 'real' },
  { name: 'fare_amount', type: 'real' },
  { name: 'total_amount', type: 'real' },
  { name: 'payment_type', type: 'smallint' },
  { name: 'vendorid', type: 'varchar(20)' },
];

/** A source of trips, which streams them. */
export interface TripSource {
  readonly description: string;
  readonly isGenerated: boolean;
  readonly rows: number;
  /** Hash of all trips. */
  readonly key: string;
  /** Streams all trips from the start, in the pipe-delimited text format of COPY. */
  lines(): Iterable<string> | AsyncIterable<string>;
}

/** Progress of a step. */
export interface TripProgress {
  readonly step: 'check' | 'load' | 'snapshot';
  /** Number of rows processed. */
  readonly done: number;
  /** Total number of rows, which is unknown while a file is checked. */
  readonly total?: number;
}
