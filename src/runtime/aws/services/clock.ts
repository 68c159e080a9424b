import type { Clock } from '../../model/ports';

export const systemClock: Clock = { now: () => Date.now() };
