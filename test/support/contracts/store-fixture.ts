import type { Clock, Lease, NewRun, Results, Store } from '../../../src/runtime/model/ports';
import type { SubmittedDefinition } from '../../../src/runtime/model/query-request';
import type { Request, RequestKey, Subscriber } from '../../../src/runtime/model/request';
import { NOTHING_FETCHED } from '../../../src/runtime/model/run';
import type { Run } from '../../../src/runtime/model/run';

const HOUR_SECONDS = 3600;
const HOUR_MS = HOUR_SECONDS * 1000;

/** What a query is bound to when it is submitted. */
export const DEFINITION: SubmittedDefinition = {
  sql: 'SELECT :trip_month',
  timeoutSeconds: 60,
  reconnectGraceSeconds: 60,
  resultReuseSeconds: 0,
  resultRetentionSeconds: HOUR_SECONDS,
  target: { databaseName: 'dev', clusterIdentifier: 'analytics', databaseUser: 'awsuser' },
  claims: {},
};

/** A store and its results over the same table. */
export interface TableUnderTest {
  readonly store: Store;
  /** What another function finds: it shares nothing but the services with the one before. */
  results(): Results;
  close(): Promise<void>;
}

/** Starts a table and a bucket, both empty. */
export type StartTable = (clock: Clock) => Promise<TableUnderTest>;

/** A clock that stands until a test moves it. */
export class StandingClock implements Clock {
  public time = Date.UTC(2026, 10, 2);

  public now(): number {
    return this.time;
  }

  public seconds(): number {
    return Math.floor(this.time / 1000);
  }

  /** Advances the time by this number of milliseconds. */
  public pass(milliseconds: number): void {
    this.time += milliseconds;
  }

  /** Advances the time until all items that are stored now have expired. */
  public passLife(): void {
    this.pass(HOUR_MS);
  }
}

let names = 0;

/** A name that no other record has. */
export function newName(kind: string): string {
  return `${kind}-${names += 1}`;
}

export function newRequest(clock: StandingClock, changes: Partial<Request> = {}): Request {
  return {
    connectionId: newName('connection='),
    connectedAt: clock.time,
    opened: true,
    id: 'a',
    request: newName('request'),
    queryRequest: { query: 'default', parameters: { trip_month: '2015-01' }, definition: DEFINITION },
    run: newName('run'),
    shared: false,
    slots: { connection: names },
    receivedAt: clock.time,
    submittedAt: clock.time,
    acceptedSent: false,
    seq: 0,
    pushingMs: 0,
    expiresAt: clock.seconds() + HOUR_SECONDS,
    ...changes,
  };
}

export function newRun(clock: StandingClock, changes: Partial<Run> = {}): Run {
  return {
    run: newName('run'),
    query: 'default',
    parameters: { trip_month: '2015-01' },
    definition: DEFINITION,
    submittedAt: clock.time,
    timeoutAt: clock.time + 60_000,
    isClosed: false,
    mayHaveStarted: false,
    check: 0,
    settled: false,
    fetched: NOTHING_FETCHED,
    timing: { fetchingMs: 0 },
    toCancel: false,
    expiresAt: clock.seconds() + HOUR_SECONDS,
    ...changes,
  };
}

/** A run to store with its first request, under a cache key of its own. */
export function runToStore(clock: StandingClock, changes: Partial<NewRun> = {}): NewRun {
  return { run: newRun(clock), lease: newLease(clock), cacheKey: newName('cacheKey'), ...changes };
}

/** The subscriber of a run for a request. */
export function subscriberOf({ connectionId, id, connectedAt, opened, validUntil, request, caller, slots, expiresAt }: Request): Subscriber {
  return { connectionId, id, connectedAt, opened, validUntil, request, caller, slots, expiresAt };
}

/** A lease for ten seconds. */
export function newLease({ time }: StandingClock): Lease {
  return { holder: newName('holder'), until: time + 10_000 };
}

export function keyOf({ connectionId, id }: RequestKey): RequestKey {
  return { connectionId, id };
}
