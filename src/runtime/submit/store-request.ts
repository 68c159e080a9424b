import { chooseSlots, createIdInUseError, findFreeSlots } from './limits';
import { RejectedRequestError, ServiceBusyError } from '../model/errors';
import type { DelayedJob } from '../model/jobs';
import type { Creation, Lease, NewRun } from '../model/ports';
import type { Request } from '../model/request';
import type { Run } from '../model/run';
import type { QueryServices } from '../model/services';
import { settleAll } from '../model/settle-all';
import { createRequestJob } from '../requests/subscribers';
import { CANCELED_MESSAGE } from '../requests/terminal-message';
import { MAX_ROUNDS, prepareRun } from '../runs/join-run';
import { createFirstCheck } from '../runs/run-checks';

/** Delay of a recovery job, in seconds: longer than API Gateway waits for a function, so the sender has ended. */
const RECOVERY_DELAY_SECONDS = 30;

/** A request to store. Without an earlier run, it shares one or starts a new one. */
export interface NewRequest extends Omit<Request, 'run' | 'slots'> {
  readonly earlierRun?: Run;
}

/** A stored request, and its run: a new one, or an earlier one as of before the request subscribed to it. */
export interface NewlyStored {
  readonly request: Request;
  readonly newRun?: NewRun;
  readonly earlierRun?: Run;
}

type Taken = Extract<Creation, { readonly state: 'taken' }>;

/** The recovery job of a request, which finishes what a crashed function leaves incomplete. */
export function createRecovery(request: Request): DelayedJob {
  return { job: createRequestJob(request), delaySeconds: RECOVERY_DELAY_SECONDS };
}

/**
 * Stores a request with its slots, and a new run unless another run has its cache key. Queues the recovery job and the first check meanwhile, so that
 * no statement starts without them, or afterwards if the client's last request was rejected, so that rejections don't fill the queue. Throws if the
 * request isn't stored.
 */
export async function storeRequest(services: QueryServices, newRequest: NewRequest, lease: Lease): Promise<NewlyStored> {
  const { queue, recentRejections } = services;
  const prepared = prepare(services, newRequest, lease);
  const storing = storeOrReject(services, newRequest, prepared, lease);
  await (recentRejections.has(newRequest.connectionId) ? storing : undefined);
  const [stored, queued] = await Promise.allSettled([storing, queue.sendAll(createJobs(prepared))]);
  if (stored.status === 'rejected') {
    throw stored.reason;
  }
  if (queued.status === 'rejected') {
    await remove(services, stored.value.request);
    throw queued.reason;
  }
  return stored.value;
}

function createJobs({ request, newRun }: NewlyStored): DelayedJob[] {
  return [createRecovery(request), ...(newRun === undefined ? [] : [createFirstCheck(newRun.run)])];
}

async function storeOrReject(services: QueryServices, newRequest: NewRequest, prepared: NewlyStored, lease: Lease): Promise<NewlyStored> {
  try {
    return await storeInRounds(services, newRequest, prepared, lease);
  } catch (error) {
    if (error instanceof RejectedRequestError) {
      services.recentRejections.add(newRequest.connectionId);
    }
    throw error;
  }
}

function prepare(services: QueryServices, { earlierRun, ...newRequest }: NewRequest, { until }: Lease): NewlyStored {
  const newRun = earlierRun === undefined ? prepareRun(services, newRequest.queryRequest!, until) : undefined;
  const { run } = earlierRun ?? newRun!.run;
  const slots = chooseSlots(services, newRequest);
  // A new run contains the query, which can be large.
  return { request: { ...newRequest, queryRequest: undefined, run, slots }, newRun, earlierRun };
}

async function storeInRounds(services: QueryServices, newRequest: NewRequest, prepared: NewlyStored, lease: Lease): Promise<NewlyStored> {
  let stored = prepared;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const [creation, earlierRun] = await settleAll([create(services, stored, lease), readEarlierRun(services, stored)]);
    switch (creation.state) {
      case 'created': return { ...stored, earlierRun };
      case 'in use': throw createIdInUseError(newRequest.id);
      case 'canceled': throw createCanceledError(newRequest.id);
      default: stored = await chooseAgain(services, stored, creation, newRequest);
    }
  }
  throw new ServiceBusyError('other queries use the slots and replace the runs too often');
}

/** Reads the run that a request joins, unless it is new. Without it, the run is read again. */
async function readEarlierRun({ store }: QueryServices, { request: { run }, newRun, earlierRun }: NewlyStored): Promise<Run | undefined> {
  return newRun !== undefined || earlierRun !== undefined ? earlierRun : store.run(run).catch(() => undefined);
}

/** Chooses the run that has the cache key, or free slots. If another function was writing one of them, reads both. */
async function chooseAgain(services: QueryServices, stored: NewlyStored, taken: Taken, { queryRequest }: NewRequest): Promise<NewlyStored> {
  const { request, newRun } = stored;
  const isUnknown = taken.run === undefined && !taken.isSlotInUse;
  const [slots, run] = await Promise.all([
    isUnknown || taken.isSlotInUse ? findFreeSlots(services, request) : request.slots,
    isUnknown && newRun !== undefined ? services.store.cachedRun(newRun.cacheKey) : taken.run,
  ]);
  return run === undefined ? { ...stored, request: { ...request, slots } } : { request: { ...request, queryRequest, run, shared: true, slots } };
}

/** Stores a request. If that fails, removes what may be stored. If that fails too, the client ignores what it receives after the error. */
async function create(services: QueryServices, { request, newRun }: NewlyStored, lease: Lease): Promise<Creation> {
  try {
    return await services.store.createRequest(request, lease, newRun);
  } catch (error) {
    await remove(services, request);
    throw error;
  }
}

async function remove({ store, log }: QueryServices, request: Request): Promise<void> {
  await store.removeRequest(request)
    .catch((reason) => log({ level: 'warn', event: 'request_not_removed', connection_id: request.connectionId, reason: String(reason) }));
}

function createCanceledError(id: string): RejectedRequestError {
  return new RejectedRequestError('cancelled', CANCELED_MESSAGE, id, { retryable: true });
}
