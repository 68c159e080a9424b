import { guard } from './accept-request';
import { endRequest, errorText } from './end-request';
import { requireSignIn } from './expiry';
import { ConnectionGone } from './ports';
import { Refusal } from './refusal';
import type { Connection } from './request';
import { saveRequest } from './request-work';
import type { RequestWork } from './request-work';
import { newLease } from './services';
import type { AskingServices } from './services';
import { desertedJob, leave, requestJob } from './subscribers';
import type { MoreMessage } from '../protocol/messages';

/** Ends a client's own request, whoever works on it, and the statement too where nobody else waits for it. */
export async function cancel(services: AskingServices, { connectionId }: Connection, id: string, deadline: number): Promise<void> {
  const key = { connectionId, id };
  await guard(services, key);
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
  await saveRequest(services, work, { ending: errorText(request, 'cancelled', 'The query was cancelled.', true) });
  await sayCancelled(services, work);
  if (request.run !== undefined) {
    await services.queue.send(desertedJob(request.run));
  }
}

/** The last word is stored, so that what fails here is done by the queue. */
async function sayCancelled(services: AskingServices, work: RequestWork): Promise<void> {
  const { request } = work;
  try {
    await endRequest(services, work, request.ending!);
  } catch (error) {
    if (error instanceof ConnectionGone) {
      await leave(services, request, request.run);
      return;
    }
    services.log({ notice: 'last word waits', connectionId: request.connectionId, reason: String(error) });
    await saveRequest(services, work, {}, true);
    await services.queue.send(requestJob(request), 1);
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
