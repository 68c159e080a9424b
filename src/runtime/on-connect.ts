import { ask } from './ask';
import { errorMessage } from './on-message';
import { checkQuestion } from './question';
import type { Question } from './question';
import type { Connection } from './request';
import type { AskingServices } from './services';
import { tell } from './tell';
import { DEFAULT_QUERY } from '../function-settings';
import { CONNECT_ID, SUBPROTOCOL } from '../protocol/messages';

/** A request to connect: the query string of the address, and the subprotocols offered. */
export interface Opening {
  readonly connection: Connection;
  readonly queryString: Readonly<Record<string, string | undefined>>;
  readonly subprotocols: readonly string[];
}

/** The answer to `$connect`; the subprotocol is named when the client offered any. */
export interface OpeningAnswer {
  readonly accepted: boolean;
  readonly subprotocol?: string;
}

/** Accepts a connection, and starts the query that its address asks for. What is wrong with the query is told once the connection is open. */
export async function onConnect(services: AskingServices, opening: Opening, deadline: number): Promise<OpeningAnswer> {
  const { connection, subprotocols } = opening;
  if (subprotocols.length > 0 && !subprotocols.includes(SUBPROTOCOL)) {
    services.log({ notice: 'connection refused, unknown subprotocol', connectionId: connection.connectionId });
    return { accepted: false };
  }
  const question = questionOf(opening);
  if (question) {
    try {
      await ask(services, connection, { id: CONNECT_ID, question: checkQuestion(question, services.queries, CONNECT_ID) }, deadline);
    } catch (error) {
      await tell(services, connection, errorMessage(services, connection, error, CONNECT_ID));
    }
  }
  return { accepted: true, ...(subprotocols.length > 0 ? { subprotocol: SUBPROTOCOL } : {}) };
}

/** The query string as a question: `query` names the query, signatures aside every other key is a parameter. */
function questionOf(opening: Opening): Question | undefined {
  const entries = Object.entries(opening.queryString).filter(([key]) => !/^x-amz-/i.test(key));
  if (entries.length === 0) {
    return undefined;
  }
  const { query = DEFAULT_QUERY, ...parameters } = Object.fromEntries(entries.map(([key, value]) => [key, value ?? '']));
  return { query, parameters };
}
