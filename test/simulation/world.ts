import type { Counts } from './counts';
import type { History } from './history';
import type { Random } from './random';
import type { Deployment } from './scenario/deployments';
import type { FaultPlan } from './scenario/faults';
import type { Scenario } from './scenario/scenario';
import type { VirtualClock } from './virtual-clock';

/** What all parts of one simulation share. */
export interface World {
  readonly scenario: Scenario;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: FaultPlan;
  readonly history: History;
  readonly counts: Counts;
  readonly deployment: Deployment;
  /** Reports a broken promise. */
  readonly broken: (promise: PromiseName, what: string) => void;
}

/** The promises of the design; `sound` is what a simulation takes for granted. */
export type PromiseName = 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6' | 'sound';
