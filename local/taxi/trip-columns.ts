/** The kinds of columns that the trips have. */
export type TripColumnType = 'date' | 'timestamp' | 'smallint' | 'real' | 'varchar(20)';

/** The table that holds the trips. */
export const TRIP_TABLE = 'nyc_yellow_taxi';

/** The columns of the trips, in the table's order. */
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

/** Trips to be loaded. Each reading starts from the beginning, and no reading holds them all. */
export interface TripSource {
  readonly description: string;
  readonly isGenerated: boolean;
  readonly rows: number;
  /** Differs whenever a trip differs. */
  readonly key: string;
  /** The trips as lines of COPY's text format, delimited by pipes. */
  lines(): Iterable<string> | AsyncIterable<string>;
}

/** How far the work is. */
export interface TripProgress {
  readonly step: 'check' | 'load' | 'snapshot';
  /** Rows so far. */
  readonly done: number;
  /** Rows in all; while a file is checked, the number is not known yet and is left out. */
  readonly total?: number;
}
