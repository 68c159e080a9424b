import definitions from 'redshift-websocket-query-definitions';
import { readAllowedOrigins } from './allowed-origins';
import { readCallerIdentity, readCount, readList, readQueries } from './environment';
import type { Environment } from './environment';
import { createStatementServices } from './services';
import type { ConnectServices, MessageServices } from '../../model/services';

/** Creates the services of OnMessage from its environment. */
export function createMessageServices(environment: Environment): MessageServices {
  return {
    ...createStatementServices(environment),
    ...readCallerLimit(environment),
    queries: readQueries(definitions, environment),
    inlineWaitSeconds: readCount(environment, 'INLINE_WAIT_SECONDS', 0),
    throttle: { messagesPerSecond: readCount(environment, 'MESSAGES_PER_SECOND'), burst: readCount(environment, 'MESSAGE_BURST') },
  };
}

/** Creates the services of OnConnect from its environment. */
export function createConnectServices(environment: Environment): ConnectServices {
  return {
    ...createStatementServices(environment),
    ...readCallerLimit(environment),
    queries: readQueries(definitions, environment),
    allowedOrigins: readAllowedOrigins(environment),
    credentialKeys: environment.CREDENTIAL_KEYS === undefined ? [] : readList(environment, 'CREDENTIAL_KEYS'),
  };
}

function readCallerLimit(environment: Environment): Pick<MessageServices, 'maxQueriesPerCaller'> {
  return readCallerIdentity(environment) === undefined ? {} : { maxQueriesPerCaller: readCount(environment, 'MAX_QUERIES_PER_CALLER') };
}
