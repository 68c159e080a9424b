import { generatedTrips } from '../../local/taxi/generated-trips';
import { TRIP_COLUMNS } from '../../local/taxi/trip-columns';
import type { TripColumnType } from '../../local/taxi/trip-columns';
import { openTripFile } from '../../local/taxi/trip-file';
import type { Column } from '../../src/protocol/messages';
import type { Cell } from '../../src/runtime/model/ports';

/** A result of the Data API. */
export interface Trips {
  readonly description: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Types in Redshift, and whether they are numbers in the Data API. */
const TYPES: Readonly<Record<TripColumnType, { readonly name: string; readonly isNumber: boolean }>> = {
  'date': { name: 'date', isNumber: false },
  'timestamp': { name: 'timestamp', isNumber: false },
  'smallint': { name: 'int2', isNumber: true },
  'real': { name: 'float4', isNumber: true },
  'varchar(20)': { name: 'varchar', isNumber: false },
};

const COLUMNS: readonly Column[] = TRIP_COLUMNS.map(({ name, type }) => ({ name, type: TYPES[type].name }));

/** Reads trips, generated or from a file. Repeats the trips of a file up to the count. */
export async function readTrips(count: number, file?: string): Promise<Trips> {
  const source = file === undefined ? generatedTrips() : await openTripFile(file);
  const rows: Cell[][] = [];
  while (rows.length < count) {
    for await (const line of source.lines()) {
      rows.push(cellsOf(line));
      if (rows.length === count) {
        break;
      }
    }
  }
  return { description: source.description, columns: COLUMNS, rows };
}

/** Generates the trips of one page after the other. */
export async function* generatePages(pages: number, rowsOfPage: number): AsyncGenerator<Omit<Trips, 'description'>> {
  let rows: Cell[][] = [];
  let page = 0;
  for await (const line of generatedTrips().lines()) {
    rows.push(cellsOf(line));
    if (rows.length === rowsOfPage) {
      yield { columns: COLUMNS, rows };
      rows = [];
      page += 1;
    }
    if (page === pages) {
      return;
    }
  }
  throw new Error(`there are fewer than ${pages} pages of ${rowsOfPage} generated trips: use fewer or smaller pages`);
}

function cellsOf(line: string): Cell[] {
  return line.split('|').map((field, index) => field === '' ? null : TYPES[TRIP_COLUMNS[index].type].isNumber ? Number(field) : field);
}
