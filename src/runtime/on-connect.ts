import { ask } from './ask';
import { errorMessage } from './on-message';
import { checkQuestion } from './question';
import type { Queries, SentQuestion } from './question';
import { Refusal } from './refusal';
import type { Connection } from './request';
import type { AskingServices } from './services';
import { tell } from './tell';
import { DEFAULT_QUERY } from '../function-settings';
import { CONNECT_ID, SUBPROTOCOL } from '../protocol/messages';

/** A request to connect: the query string of the address, and the subprotocols offered. */
export interface Opening {
  readonly connection: Connection;
  /** All values of each key. */
  readonly queryString: Readonly<Record<string, readonly string[]>>;
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
  const entries = Object.entries(opening.queryString).filter(([key]) => !/^x-amz-/i.test(key));
  if (entries.length > 0) {
    try {
      const question = checkQuestion(questionOf(Object.fromEntries(entries), services.queries), services.queries, CONNECT_ID);
      await ask(services, connection, { id: CONNECT_ID, question }, deadline);
    } catch (error) {
      await tell(services, connection, errorMessage(services, connection, error, CONNECT_ID));
    }
  }
  return { accepted: true, ...(subprotocols.length > 0 ? { subprotocol: SUBPROTOCOL } : {}) };
}

/** The query string as a question: `query` names the query, signatures aside every other key is a parameter, and the key of a list may be repeated. */
function questionOf({ query: names = [DEFAULT_QUERY], ...parameters }: Opening['queryString'], queries: Queries): SentQuestion {
  if (names.length > 1) {
    throw new Refusal('unknown_query', 'The address names more than one query; name one.', CONNECT_ID);
  }
  const [query] = names;
  const definitions = Object.hasOwn(queries, query) ? queries[query].parameters : {};
  const isList = (name: string) => Object.hasOwn(definitions, name) && definitions[name].kind === 'list';
  const values = Object.entries(parameters).map(([name, texts]) => [name, isList(name) || texts.length > 1 ? texts : texts[0]]);
  return { query, parameters: Object.fromEntries(values) as SentQuestion['parameters'] };
}
