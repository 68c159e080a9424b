import type { Context } from 'aws-lambda';
import { systemClock } from '../services/clock';

/** The remaining time of a function. */
export type Timed = Pick<Context, 'getRemainingTimeInMillis'>;

/** Time that is reserved for the response, in milliseconds. */
const RESERVE_MS = 1000;

/** The deadline of a function, in milliseconds since the epoch. */
export function getDeadline(context: Timed): number {
  return systemClock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
}
