import { ask, resume } from './ask';
import { connectionBounds } from './bounds';
import { readClientMessage } from './client-message';
import { allowMore, cancel } from './control-request';
import { dismiss, SignInOver } from './expiry';
import { identify } from './identity';
import { checkQuestion } from './question';
import { Refusal } from './refusal';
import type { Connection } from './request';
import type { AskingServices, MessageServices } from './services';
import { failureMessage, tell } from './tell';
import { DEFAULT_QUERY } from '../function-settings';
import type { ClientMessage, ServerMessage } from '../protocol/messages';

/** Handles one message of a client; anything wrong is answered by an `error`. */
export async function onMessage(services: MessageServices, connection: Connection, body: string, deadline: number): Promise<void> {
  let id: string | undefined;
  try {
    const message = readClientMessage(body);
    // An error with the id ends the query; one that could not be cancelled goes on.
    id = message.type === 'query' || message.type === 'resume' ? message.id : undefined;
    await handle(services, connection, message, deadline);
  } catch (error) {
    if (error instanceof SignInOver) {
      return dismiss(services, connection, error);
    }
    await tell(services, connection, errorMessage(services, connection, error, id));
  }
}

async function handle(services: MessageServices, connection: Connection, message: ClientMessage, deadline: number): Promise<void> {
  switch (message.type) {
    case 'query': {
      const { id, query = DEFAULT_QUERY, parameters = {}, options } = message;
      const asking = await identify(services, connection);
      const question = checkQuestion({ query, parameters }, services, id, asking.identity?.claims);
      return ask(services, asking, { id, question, ...options }, deadline);
    }
    case 'resume': return resume(services, await identify(services, connection), message, deadline);
    case 'cancel': return cancel(services, connection, message.id, deadline);
    case 'more': return allowMore(services, connection, message);
    case 'ping': await tell(services, connection, { type: 'pong', limits: connectionBounds(services) });
  }
}

/** What to tell the client about a failure: what it did wrong in words, anything else only in the log. */
export function errorMessage(services: AskingServices, connection: Connection, error: unknown, id?: string): ServerMessage {
  if (error instanceof Refusal) {
    services.log({ notice: 'refused', code: error.code, connectionId: connection.connectionId });
    return error.toMessage();
  }
  services.log({ notice: 'failed', connectionId: connection.connectionId, reason: String(error) });
  return failureMessage(id);
}
