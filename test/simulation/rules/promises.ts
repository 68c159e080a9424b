import type { ClientConnection } from '../client/client-connection';
import type { ClientQuery } from '../client/client-query';
import type { Statement } from '../services/simulated-redshift';
import type { Simulation } from '../simulation';
import type { World } from '../world';

/** The maximum time between two checks of a run, with a reserve. */
const CHECKS = 60_000 + 30_000;
/** The maximum cost of a fault: a message is received again after its visibility timeout, and a retry waits at most 30 seconds. */
const COST_OF_FAULT = 390_000;
/** A message whose invocation was throttled is received again after its visibility timeout. */
const THROTTLED_MESSAGE = 360_000 + 10_000;
/** The maximum number of consecutive posts of a result. */
const MOST_POSTS = 100;
/** The departure of a client is detected after 5 seconds; then follow the grace period, and the maximum processing time of a message. */
const GRACE = 5_000 + 10_000 + 30_000;
/** The maximum time between two attempts, with a reserve. */
const LONGEST_RETRY = 40_000;
/** A client that allows no more is notified after 10 minutes. */
const STALL_LIMIT = 10 * 60_000;
/** So many failures make a dead letter, at least. */
const FAILURES_OF_DEAD_LETTER = 5;
/** The recovery job of a query whose function failed starts by then. */
const RECOVERY_JOB = 60_000;

/** P1 and P6, when all has come to rest and clients that stayed are still connected. */
export function checkOutcomes(simulation: Simulation, deadLetters: number): void {
  const { clients, world } = simulation;
  for (const connection of clients.flatMap(({ connections }) => connections)) {
    connection.queries.forEach((query) => checkOutcome(simulation, connection, query, deadLetters));
    if (!connection.hasLostMessage) {
      checkExpiry(simulation, connection, deadLetters);
    }
    if (connection.isOpen && !connection.hasLostMessage && connection.inbox.pongs + connection.inbox.unnamedErrors < connection.pingsHandled) {
      world.broken('P1', `${connection.connection.id} received ${connection.inbox.pongs} pongs for ${connection.pingsHandled} pings`);
    }
  }
  if (deadLetters > 0 && world.faults.hits < FAILURES_OF_DEAD_LETTER) {
    world.broken('P6', `${deadLetters} dead letters after ${world.faults.hits} faults`);
  }
}

function checkOutcome(simulation: Simulation, connection: ClientConnection, query: ClientQuery, deadLetters: number): void {
  const { world } = simulation;
  const { closedAt: leftAt = Infinity, validUntil } = connection.connection;
  const closedAt = Math.min(leftAt, validUntil);
  const mustEnd = query.isBound || query.handled === 'returned';
  if (!mustEnd || query.isSuperseded || (query.mayHaveOtherResult && !query.isBound)) {
    return;
  }
  const due = query.sentAt + bound(simulation, connection, query);
  const { terminalMessage } = query;
  if (terminalMessage === undefined && connection.isOpen) {
    world.broken('P1', `${query.describe()} has not ended, ${(world.clock.now() - query.sentAt) / 1000} s after it was submitted`);
  } else if (terminalMessage === undefined && due < closedAt && deadLetters === 0) {
    world.broken('P1', `${query.describe()} had not ended ${(closedAt - query.sentAt) / 1000} s after it was submitted, when its client left`);
  } else if (terminalMessage !== undefined && terminalMessage.at > due && deadLetters === 0) {
    world.broken('P1', `${query.describe()} ended after ${(terminalMessage.at - query.sentAt) / 1000} s; its bound is ${(due - query.sentAt) / 1000} s`);
  }
}

/** A connection ends when the session of its client expires. */
function checkExpiry({ world }: Simulation, { connection }: ClientConnection, deadLetters: number): void {
  const { id, openedAt, closedAt = world.clock.now(), validUntil } = connection;
  const due = Math.max(validUntil, openedAt ?? 0) + LONGEST_RETRY + costOfFaults(world);
  if (closedAt > due && deadLetters === 0) {
    world.broken('P3', `${id} ended ${(closedAt - validUntil) / 1000} s after its session had expired`);
  }
}

/** The maximum cost of all faults. */
function costOfFaults({ faults, scenario: { throttles = [], postDelayMs = 0, clockSkewMs = 0 } }: World): number {
  const throttled = throttles.reduce((sum, { lasts }) => sum + lasts + THROTTLED_MESSAGE, 0);
  return COST_OF_FAULT * faults.hits + throttled + MOST_POSTS * postDelayMs + 2 * clockSkewMs;
}

/** The maximum duration of the delivery of a result. */
function bound({ world }: Simulation, { plan }: ClientConnection, { submission: { window }, version }: ClientQuery): number {
  const { timeoutSeconds, shareOfRates } = version?.settings ?? world.scenario.settings;
  const ownPace = window === undefined ? 0 : STALL_LIMIT + 100 * window.pause;
  return timeoutSeconds * 1000 + CHECKS / shareOfRates + costOfFaults(world) + 2 * (plan.full?.lasts ?? 0) + ownPace;
}

/** P5, when every connection has ended. */
export function checkLeftovers(simulation: Simulation): void {
  const { redshift, queue, world, documents } = simulation;
  redshift.statements.forEach((statement) => checkIdle(simulation, statement));
  for (const { id } of redshift.active()) {
    world.broken('P5', `the statement ${id} is still active`);
  }
  if (queue.depth > 0 || queue.deadLetters.length > 0) {
    world.broken('P5', `${queue.depth} messages and ${queue.deadLetters.length} dead letters are left`);
  }
  const { timeoutSeconds, resultRetentionSeconds } = world.deployment.versions[1].settings;
  const latest = world.clock.now() / 1000 + 24 * 3600 + timeoutSeconds + resultRetentionSeconds + 10;
  for (const { partitionKey, sortKey, expiresAt } of documents.items()) {
    if (!(expiresAt as number <= latest)) {
      world.broken('P5', `the record ${partitionKey} ${sortKey} expires at ${expiresAt}, after ${latest}`);
    }
  }
  world.clock.skipTo((latest + 1) * 1000);
  documents.purge(Math.floor(world.clock.now() / 1000));
  if (documents.items().length > 0) {
    world.broken('P5', `${documents.items().length} records are left`);
  }
}

/**
 * A statement must not run for long after the last client that submitted its query request has disconnected; unless the job that cancels it has
 * become a dead letter, which the operator redrives; or unless the policies deny the call that finds its id.
 */
function checkIdle(simulation: Simulation, statement: Statement): void {
  const { world, clients, queue, redshift } = simulation;
  if (queue.runsOfDeadLetters.has(statement.run) || redshift.denied.has(statement.run)) {
    return;
  }
  const { startedAt, endedAt = world.clock.now() } = statement;
  const stays = clients.flatMap(({ connections }) => connections).flatMap((connection) => {
    const queries = connection.queries.filter(({ submission }) => submission.queryRequest === statement.queryRequest);
    return queries.map((query) => stayOf(connection, query));
  });
  const idleSince = lastMomentOfInterest(stays, startedAt, endedAt);
  const allowed = GRACE + CHECKS / world.scenario.settings.shareOfRates + costOfFaults(world) + statement.plan.cancelTakes;
  if (endedAt - idleSince > allowed) {
    world.broken('P5', `${statement.id} of ${statement.run} ran for ${(endedAt - idleSince) / 1000} s after the last client had gone; the bound is ${allowed / 1000} s`);
  }
}

/** From when to when a query waits for its result, as far as the service can detect. */
type Stay = readonly [from: number, to: number];

function stayOf({ connection }: ClientConnection, { sentAt, terminalMessage, handled, handledAt, isBound }: ClientQuery): Stay {
  const { goneAt, disconnectedAt = -Infinity } = connection;
  // A message can be processed after the end of its connection was: only a failed post shows that.
  const gone = Math.min(goneAt, disconnectedAt >= handledAt ? disconnectedAt : Infinity);
  const isRecovered = (connection.closedAt ?? Infinity) > sentAt + RECOVERY_JOB;
  const lost = handled === 'lost' && !isBound && isRecovered ? sentAt + RECOVERY_JOB : Infinity;
  return [sentAt, Math.min(terminalMessage?.at ?? Infinity, gone, lost)];
}

function lastMomentOfInterest(stays: readonly Stay[], startedAt: number, endedAt: number): number {
  const ends = stays.filter(([from]) => from <= endedAt).map(([, to]) => Math.min(to, endedAt));
  return Math.max(startedAt, ...ends);
}
