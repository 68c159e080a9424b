import { generatedTrips } from './generated-trips';
import { TripProgress } from './trip-columns';
import { openTripFile } from './trip-file';
import { loadIntoServer } from './trip-server';
import { tripSnapshot } from './trip-snapshot';
import { PGliteEngine } from '../redshift/engine/pglite-engine';
import { PostgresEngine } from '../redshift/engine/postgres-engine';
import { SqlEngine } from '../redshift/engine/sql-engine';

/** Which trips, and where they are kept. */
export interface TaxiDatabaseOptions {
  /** A pipe-delimited file in the table's column order. @default - generated trips of 2015 */
  readonly data?: string;
  /** A PostgreSQL server. @default - PGlite, embedded */
  readonly postgresUrl?: string;
  /** Where loaded databases are kept for the next start. */
  readonly cacheDirectory: string;
  readonly onProgress?: (progress: TripProgress) => void;
}

/** A database with the trips loaded. */
export interface TaxiDatabase {
  readonly engine: SqlEngine;
  /** Which trips these are, such as `5,451 trips from trips.psv`. */
  readonly description: string;
  readonly generated: boolean;
  /** Whether the trips were there from an earlier start. */
  readonly reused: boolean;
  readonly rows: number;
}

/** Loads the trips, or opens those that an earlier start has loaded. */
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
