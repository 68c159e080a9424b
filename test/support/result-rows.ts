import { incompressible } from './incompressible';
import type { Cell } from '../../src/runtime/model/ports';

type Rows = readonly (readonly Cell[])[];

/** Rows that compress about as measurements do. */
export function measurements(count: number): Cell[][] {
  const amount = (row: number) => Number.parseInt(incompressible(4, row), 36) || row;
  return Array.from({ length: count }, (_, row) => [`2019-03-${10 + row % 20} 20:21:09`, amount(row), row / 7, null]);
}

export function inPages(rows: Rows, size: number): Rows[] {
  return Array.from({ length: Math.max(1, Math.ceil(rows.length / size)) }, (_, page) => rows.slice(page * size, (page + 1) * size));
}
