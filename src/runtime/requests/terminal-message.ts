import { post } from './post';
import { removeClient, createRequestJob } from './subscribers';
import type { ErrorCode, ErrorMessage } from '../../protocol/messages';
import { ConnectionGoneError, LeaseLostError } from '../model/errors';
import type { Request } from '../model/request';
import { getProgress, saveRequest } from '../model/request-work';
import type { RequestWork } from '../model/request-work';
import type { Run } from '../model/run';
import type { QueryServices } from '../model/services';

/** The error message of a canceled query. */
export const CANCELED_MESSAGE = 'The query was canceled.';

/** The error message after the retries of a job are exhausted. */
export const RETRIES_EXHAUSTED_MESSAGE = 'An internal error occurred several times. Try again later.';

/**
 * Sends the terminal message: stores it, which frees the id, posts it, and then removes the request. A crash in between can repeat the same message,
 * but never sends a different one or none.
 */
export async function endRequest(services: QueryServices, work: RequestWork, message: string): Promise<void> {
  if (work.request.terminalMessage === undefined) {
    await storeTerminalMessage(services, work, message);
  }
  await post(services, work.request, message);
  await services.store.removeRequest(work.request);
  work.ended = true;
}

/** Ends a request in the function that received the client's message; if the terminal message can't be posted, the queue continues. */
export async function endRequestNow(services: QueryServices, work: RequestWork, message: string): Promise<void> {
  try {
    await endRequest(services, work, message);
  } catch (error) {
    const { request } = work;
    if (error instanceof ConnectionGoneError) {
      await removeClient(services, request);
      return;
    }
    services.log({ level: 'warn', event: 'terminal_message_deferred', connection_id: request.connectionId, reason: String(error) });
    await saveRequest(services, work, {}, true);
    await services.queue.send(createRequestJob(request), 1);
  }
}

/** Stores the terminal message of a request, and releases its slots. Throws LeaseLostError if the lease was lost. */
export async function storeTerminalMessage(services: QueryServices, work: RequestWork, message: string): Promise<void> {
  const changes = { ...getProgress(work), terminalMessage: message };
  if (!await services.store.endRequest(work.request, work.lease, changes)) {
    throw new LeaseLostError('the lease of the request was lost');
  }
  work.request = { ...work.request, ...changes };
}

/** Creates the error that ends one request. */
export function createErrorMessage({ id, run }: Request, code: ErrorCode, message: string, retryable: boolean): string {
  const error: ErrorMessage = { type: 'error', id, ...(run === undefined ? {} : { result: run }), code, message, retryable };
  return JSON.stringify(error);
}

/** The terminal message after exhausted retries: the stored one, if any. */
export function createExhaustedMessage(request: Request): string {
  return request.terminalMessage ?? createErrorMessage(request, 'internal', RETRIES_EXHAUSTED_MESSAGE, true);
}

/** The terminal message of a run for one request. */
export function createTerminalMessage({ run, outcome }: Run, { id, pushingMs }: Request): string {
  const own = outcome!.type === 'complete' ? { timing: { ...outcome!.timing, pushingMs } } : {};
  return JSON.stringify({ type: outcome!.type, id, result: run, ...outcome, ...own });
}
