import { ask } from './ask';
import { readClientMessage } from './client-message';
import { checkQuestion } from './question';
import { Refusal } from './refusal';
import type { Services } from './services';
import { tell } from './tell';
import type { Connection } from './tell';
import { DEFAULT_QUERY } from '../function-settings';
import type { ServerMessage } from '../protocol/messages';

/** Handles one message of a client: a query is stored and started; anything wrong is answered by an `error`. */
export async function onMessage(services: Services, connection: Connection, body: string): Promise<void> {
  let id: string | undefined;
  try {
    const message = readClientMessage(body);
    if (message.type === 'ping') {
      await tell(services, connection, { type: 'pong' });
    } else {
      const { query = DEFAULT_QUERY, parameters = {} } = message;
      id = message.id;
      await ask(services, connection, checkQuestion({ id, query, parameters }, services.queries));
    }
  } catch (error) {
    await tell(services, connection, errorMessage(services, connection, error, id));
  }
}

/** What to tell the client about a failure: what it did wrong in words, anything else only in the log. */
export function errorMessage(services: Services, connection: Connection, error: unknown, id?: string): ServerMessage {
  if (error instanceof Refusal) {
    services.log({ notice: 'refused', code: error.code, connectionId: connection.connectionId });
    return error.toMessage();
  }
  services.log({ notice: 'failed', connectionId: connection.connectionId, reason: String(error) });
  const message = 'Something went wrong on the server; please try again.';
  return { type: 'error', ...(id === undefined ? {} : { id }), code: 'internal', message, retryable: true };
}
