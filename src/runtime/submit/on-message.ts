import { readClientMessage } from './client-message';
import { allowMore, cancel } from './control-request';
import { submitQuery, resume } from './submit-query';
import { validateQuery } from './validate-query';
import type { ClientMessage, ServerMessage } from '../../protocol/messages';
import { DEFAULT_QUERY } from '../../shared/query-definitions';
import { identifyClient } from '../access/identity';
import { closeInvalidSession, SessionExpiredError } from '../access/session-expiry';
import type { Connection } from '../model/connection';
import { RejectedRequestError } from '../model/errors';
import type { QueryServices, MessageServices } from '../model/services';
import { getConnectionLimits } from '../requests/connection-limits';
import { createFailureMessage, notify } from '../requests/notify';

/** A client message. */
export interface SentMessage {
  readonly body: string;
  /** When API Gateway received it, in milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Handles a client message. Sends an `error` if it fails. */
export async function onMessage(services: MessageServices, connection: Connection, sent: SentMessage, deadline: number): Promise<void> {
  const { body, receivedAt } = sent;
  let id: string | undefined;
  try {
    const message = readClientMessage(body);
    // Errors of a `cancel` don't contain the id, because an error with the id ends the query.
    id = message.type === 'query' || message.type === 'resume' ? message.id : undefined;
    await handle(services, connection, { ...message, receivedAt }, deadline);
  } catch (error) {
    if (error instanceof SessionExpiredError) {
      return closeInvalidSession(services, connection, error);
    }
    await notify(services, connection, toErrorMessage(services, connection, error, id));
  }
}

type ReceivedMessage = ClientMessage & Pick<SentMessage, 'receivedAt'>;

async function handle(services: MessageServices, connection: Connection, message: ReceivedMessage, deadline: number): Promise<void> {
  switch (message.type) {
    case 'query': {
      const { id, query = DEFAULT_QUERY, parameters = {}, options, receivedAt } = message;
      const identified = await identifyClient(services, connection);
      const queryRequest = validateQuery({ query, parameters }, services, id, identified.identity?.claims);
      return submitQuery(services, identified, { id, queryRequest, receivedAt, ...options }, deadline);
    }
    case 'resume': return resume(services, await identifyClient(services, connection), message, deadline);
    case 'cancel': return cancel(services, connection, message, deadline);
    case 'more': return allowMore(services, connection, message);
    case 'ping': await notify(services, connection, { type: 'pong', limits: getConnectionLimits(services) });
  }
}

/** Converts an error to a message. Internal errors are only logged. */
export function toErrorMessage(services: QueryServices, connection: Connection, error: unknown, id?: string): ServerMessage {
  if (error instanceof RejectedRequestError) {
    services.log({ level: 'info', event: 'request_rejected', code: error.code, connection_id: connection.connectionId });
    return error.toMessage();
  }
  services.log({ level: 'error', event: 'message_failed', connection_id: connection.connectionId, reason: String(error) });
  return createFailureMessage(id);
}
