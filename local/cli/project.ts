import * as path from 'node:path';

export const PROJECT = path.resolve(__dirname, '..', '..');

/** Cache of builds, assemblies and databases; safe to delete. */
export const CACHE = path.join(PROJECT, '.local');

export const EXAMPLE = path.join(PROJECT, 'examples', 'taxi-by-month');
