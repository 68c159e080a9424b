import definitions from 'redshift-websocket-query-definitions';
import { allowedOriginsOf } from './allowed-origins';
import { callerIdentity, countSetting, listSetting, queriesOf } from './environment';
import type { Environment } from './environment';
import { statementServices } from './services';
import type { ConnectServices, MessageServices } from '../../model/services';

/** Creates the services of OnMessage from its environment. */
export function messageServices(environment: Environment): MessageServices {
  return {
    ...statementServices(environment),
    ...callerBound(environment),
    queries: queriesOf(definitions, environment),
    throttle: { messagesPerSecond: countSetting(environment, 'MESSAGES_PER_SECOND'), burst: countSetting(environment, 'MESSAGE_BURST') },
  };
}

/** Creates the services of OnConnect from its environment. */
export function connectServices(environment: Environment): ConnectServices {
  return {
    ...statementServices(environment),
    ...callerBound(environment),
    queries: queriesOf(definitions, environment),
    allowedOrigins: allowedOriginsOf(environment),
    credentialKeys: environment.CREDENTIAL_KEYS === undefined ? [] : listSetting(environment, 'CREDENTIAL_KEYS'),
  };
}

function callerBound(environment: Environment): Pick<MessageServices, 'maxQueriesPerCaller'> {
  return callerIdentity(environment) === undefined ? {} : { maxQueriesPerCaller: countSetting(environment, 'MAX_QUERIES_PER_CALLER') };
}
