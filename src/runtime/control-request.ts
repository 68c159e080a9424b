import { guard } from './accept-request';
import { endRequestNow, errorText, storeEnding } from './end-request';
import { requireSignIn } from './expiry';
import { Refusal } from './refusal';
import type { Connection } from './request';
import type { RequestWork } from './request-work';
import { newLease } from './services';
import type { AskingServices } from './services';
import { desertedJob, requestJob } from './subscribers';
import type { MoreMessage } from '../protocol/messages';

/** Ends a client's own request, whoever works on it, and the statement too where nobody else waits for it. */
export async function cancel(services: AskingServices, { connectionId }: Connection, id: string, deadline: number): Promise<void> {
  const key = { connectionId, id };
  const lease = newLease(services, deadline);
  const request = await services.store.seizeRequest(key, lease);
  if (request === undefined) {
    throw new Refusal('unknown_id', 'No query with this id is being answered; it may have ended already.', id);
  }
  requireSignIn(services, request);
  if (request.ending !== undefined) {
    await services.store.saveRequest(key, lease, {}, true);
    return;
  }
  const work: RequestWork = { job: requestJob(key), lease, deadline, request };
  await guard(services, request);
  const ending = errorText(request, 'cancelled', 'The query was cancelled.', true);
  await storeEnding(services, work, ending);
  await endRequestNow(services, work, ending);
  if (request.run !== undefined) {
    await services.queue.send(desertedJob(request.run));
  }
}

/** Lets more messages of a result come. A result that has been sent meanwhile needs none, which is no error. */
export async function allowMore(services: AskingServices, { connectionId }: Connection, { result, credit }: MoreMessage): Promise<void> {
  const { store, queue } = services;
  const requests = await store.requests(connectionId);
  for (const request of requests.filter(({ run }) => run === result)) {
    requireSignIn(services, request);
    await store.allowMore(request, request.request, credit);
    await queue.send(requestJob(request));
  }
}
