import { isFromClaim } from './claim-parameters';
import { toErrorMessage } from './on-message';
import { quoteName } from './quote-names';
import { submitQuery } from './submit-query';
import { validateQuery } from './validate-query';
import type { SentQuery } from './validate-query';
import { CONNECT_ID, SUBPROTOCOL } from '../../protocol/connect-request';
import { DEFAULT_QUERY } from '../../shared/query-definitions';
import type { ParameterDefinition } from '../../shared/query-definitions';
import { storeSession } from '../access/identity';
import { isAllowedOrigin } from '../access/origin';
import { SessionExpiredError } from '../access/session-expiry';
import type { Connection, Identity, IdentifiedConnection } from '../model/connection';
import { RejectedRequestError } from '../model/errors';
import type { Queries } from '../model/query-request';
import type { ConnectServices } from '../model/services';
import { notify } from '../requests/notify';

/** The character that percent-decoding substitutes for invalid UTF-8. */
const REPLACEMENT_CHARACTER = '\ufffd';

/** A connect request. */
export interface ConnectRequest {
  readonly connection: Connection;
  /** All values of each key. */
  readonly queryString: Readonly<Record<string, readonly string[]>>;
  readonly subprotocols: readonly string[];
  /** The origin of the page. Omitted if the client isn't a browser. */
  readonly origin?: string;
  /** Omitted if callers aren't known. */
  readonly identity?: Identity;
}

/** The response to `$connect`. Contains the subprotocol if the client offered any. */
export interface ConnectResult {
  readonly accepted: boolean;
  /** Whether the origin or the credentials caused the rejection. */
  readonly forbidden?: boolean;
  readonly subprotocol?: string;
}

/** Accepts a connection and submits the query in its URL. Errors of the query are sent when the connection is open. */
export async function onConnect(services: ConnectServices, connectRequest: ConnectRequest, deadline: number): Promise<ConnectResult> {
  const { connection: { connectionId }, subprotocols, origin } = connectRequest;
  if (!isAllowedOrigin(services.allowedOrigins, origin)) {
    services.log({ level: 'info', event: 'connection_rejected', reason: 'origin not allowed', connection_id: connectionId, origin: quoteName(origin!) });
    return { accepted: false, forbidden: true };
  }
  if (subprotocols.length > 0 && !subprotocols.includes(SUBPROTOCOL)) {
    services.log({ level: 'info', event: 'connection_rejected', reason: 'unknown subprotocol', connection_id: connectionId });
    return { accepted: false };
  }
  const connection = await storeClient(services, connectRequest);
  if (connection === undefined) {
    services.log({ level: 'info', event: 'connection_rejected', reason: 'session expired', connection_id: connectionId });
    return { accepted: false, forbidden: true };
  }
  await submitQueryFromUrl(services, connection, connectRequest, deadline);
  return { accepted: true, ...(subprotocols.length > 0 ? { subprotocol: SUBPROTOCOL } : {}) };
}

/** Stores the identity of the client. Returns undefined if its session has expired. */
async function storeClient(services: ConnectServices, { connection, identity }: ConnectRequest): Promise<IdentifiedConnection | undefined> {
  try {
    return identity === undefined ? connection : await storeSession(services, connection, identity);
  } catch (error) {
    if (error instanceof SessionExpiredError) {
      return undefined;
    }
    throw error;
  }
}

async function submitQueryFromUrl(
  services: ConnectServices, connection: IdentifiedConnection, { queryString }: ConnectRequest, deadline: number,
): Promise<void> {
  const { queries, credentialKeys } = services;
  const entries = Object.entries(queryString).filter(([key]) => !/^x-amz-/i.test(key) && !credentialKeys.includes(key));
  if (entries.length === 0) {
    return;
  }
  try {
    const queryRequest = validateQuery(readQueryString(Object.fromEntries(entries), queries), services, CONNECT_ID, connection.identity?.claims);
    await submitQuery(services, connection, { id: CONNECT_ID, queryRequest, receivedAt: connection.connectedAt }, deadline);
  } catch (error) {
    await notify(services, connection, toErrorMessage(services, connection, error, CONNECT_ID));
  }
}

/**
 * Reads a query from the query string. `query` contains the name of the query. Other keys are parameters, apart from signatures. The key of a list
 * can be repeated.
 */
function readQueryString({ query: names = [DEFAULT_QUERY], ...parameters }: ConnectRequest['queryString'], queries: Queries): SentQuery {
  if (names.length > 1) {
    throw new RejectedRequestError('invalid_message', 'The URL has the key "query" more than once. Name one query.', CONNECT_ID);
  }
  const [query] = names;
  const definitions = Object.hasOwn(queries, query) ? queries[query].parameters : {};
  const values = Object.entries(parameters).map(([name, strings]) => {
    const isKnown = Object.hasOwn(definitions, name) && !isFromClaim(definitions[name]);
    return [name, isKnown ? readUrlValue(name, strings, definitions[name]) : strings];
  });
  return { query, parameters: Object.fromEntries(values) as SentQuery['parameters'] };
}

/** Reads a parameter in the URL. Throws RejectedRequestError if the value is repeated or isn't UTF-8. */
function readUrlValue(name: string, strings: readonly string[], { kind }: ParameterDefinition): string | readonly string[] {
  if (kind !== 'list' && strings.length > 1) {
    const message = `The URL has the parameter ${quoteName(name)} ${strings.length} times, but it is not a list. Give it once.`;
    throw new RejectedRequestError('invalid_parameter', message, CONNECT_ID);
  }
  if (strings.some((string) => string.includes(REPLACEMENT_CHARACTER))) {
    const message = `The parameter ${quoteName(name)} in the URL has the character U+FFFD, which replaces what is not UTF-8. Percent-encode UTF-8, `
      + 'or send the query in a message.';
    throw new RejectedRequestError('invalid_parameter', message, CONNECT_ID);
  }
  return kind === 'list' ? strings : strings[0];
}
