import type { Context } from 'aws-lambda';
import { systemClock } from '../services/clock';

/** What tells a function how long it has. */
export type Timed = Pick<Context, 'getRemainingTimeInMillis'>;

/** Kept free to answer before the function is ended, in milliseconds. */
const RESERVE_MS = 1000;

/** When a function must be done, in milliseconds since the epoch. */
export function deadlineOf(context: Timed): number {
  return systemClock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
}
