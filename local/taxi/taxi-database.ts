import { generatedTrips } from './generated-trips';
import { TripProgress } from './trip-columns';
import { openTripFile } from './trip-file';
import { loadIntoServer } from './trip-server';
import { tripSnapshot } from './trip-snapshot';
import { PGliteEngine } from '../redshift/engine/pglite-engine';
import { PostgresEngine } from '../redshift/engine/postgres-engine';
import { SqlEngine } from '../redshift/engine/sql-engine';

/** The source of the trips and the database for them. */
export interface TaxiDatabaseOptions {
  /** A pipe-delimited file in the table's column order. @default - generated trips of 2015 */
  readonly data?: string;
  /** A PostgreSQL server. @default - PGlite, embedded */
  readonly postgresUrl?: string;
  /** Directory of loaded databases, which later starts reuse. */
  readonly cacheDirectory: string;
  readonly onProgress?: (progress: TripProgress) => void;
}

/** A database with the trips loaded. */
export interface TaxiDatabase {
  readonly engine: SqlEngine;
  /** Number and source of the trips, such as `5,451 trips from trips.psv`. */
  readonly description: string;
  readonly generated: boolean;
  /** Whether an earlier start loaded the trips. */
  readonly reused: boolean;
  readonly rows: number;
}

/** Loads the trips, unless an earlier start loaded them. */
export async function openTaxiDatabase(options: TaxiDatabaseOptions): Promise<TaxiDatabase> {
  const onProgress = options.onProgress ?? (() => undefined);
  const source = options.data === undefined ? generatedTrips() : await openTripFile(options.data, onProgress);
  const about = { description: source.description, generated: source.isGenerated, rows: source.rows };
  if (options.postgresUrl !== undefined) {
    const reused = await loadIntoServer(source, options.postgresUrl, onProgress);
    return { ...about, reused, engine: await PostgresEngine.open({ url: options.postgresUrl }) };
  }
  const { file, reused } = await tripSnapshot(source, options.cacheDirectory, onProgress);
  return { ...about, reused, engine: await PGliteEngine.open({ snapshot: file }) };
}
