import { Duration, Token } from 'aws-cdk-lib';
import { CognitoTokenUse } from './connection-access-options';
import type { CognitoUserPoolOptions, OneTimeTicketOptions, OpenIdConnectOptions } from './connection-access-options';
import { secondsWithin } from '../cdk/durations';
import { allowMissing, checkForEnum, checkForInstance, checkForList, checkForObject, describeValue, requireDuration, requireString } from '../cdk/prop-checks';

const MIN_TICKET_TIME = Duration.seconds(1);

const MAX_TICKET_VALIDITY = Duration.minutes(15);

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const MAX_CONNECTION_TIME = Duration.hours(2);

const IDENTITY_SOURCE = /^(?:route\.request\.(?:header|querystring)|stageVariables|context)\.[A-Za-z0-9._-]+$/;
const QUERY_STRING = 'route.request.querystring.';

/** Key of the query string for the name of the query. */
const QUERY_KEY = 'query';

/** Durations of tickets and their connections, in seconds. */
export interface TicketTimes {
  readonly validitySeconds: number;
  readonly connectionSeconds?: number;
}

const requireUserPoolClients = checkForList(
  checkForInstance('userPoolClientId', 'use userPool.addClient() or cognito.UserPoolClient.fromUserPoolClientId()'),
  'give a list of app clients',
);

const requireAudience = checkForList(requireString, "give a list of strings, such as ['app']");

const requireIdentitySource = checkForList(requireString, "give a list, such as ['route.request.querystring.key']");

/** The options with their defaults. Throws if one is invalid. */
export function validUserPoolOptions(options: CognitoUserPoolOptions): Required<CognitoUserPoolOptions> {
  checkForObject('give an object, such as { userPoolClients: [client] }')('options', options);
  const { userPoolClients, tokenUse = CognitoTokenUse.ACCESS } = options;
  requireUserPoolClients('userPoolClients', userPoolClients);
  requireItem('userPoolClients', 'app client', userPoolClients);
  checkForEnum('CognitoTokenUse', CognitoTokenUse)('tokenUse', tokenUse);
  return { userPoolClients, tokenUse };
}

/** The options with their defaults. Throws if one is invalid. */
export function validOpenIdConnectOptions(options: OpenIdConnectOptions): Required<OpenIdConnectOptions> {
  checkForObject("give an object, such as { issuer: 'https://login.example.com', audience: ['app'] }")('options', options);
  const { audience } = options;
  const issuer = validUrl('issuer', options.issuer, 'https://login.example.com/tenant');
  requireAudience('audience', audience);
  requireItem('audience', 'audience', audience);
  const jwksUri = options.jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  return { issuer, audience, jwksUri: validUrl('jwksUri', jwksUri, 'https://login.example.com/tenant/keys') };
}

/** A list known only at deployment passes unchecked. */
function requireItem(name: string, item: string, items: readonly unknown[]): void {
  if (items.length === 0) {
    throw new Error(`${name} is empty, so every token would be rejected: add at least one ${item}`);
  }
  const empty = items.indexOf('');
  if (empty >= 0) {
    throw new Error(`${name}[${empty}] is empty: give an ${item}, or remove it`);
  }
}

function validUrl(name: string, url: string, example: string): string {
  requireString(name, url);
  if (Token.isUnresolved(url)) {
    return url;
  }
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:') {
    throw new Error(`${name} is ${describeValue(url)}: give a URL that begins with https://, such as '${example}'`);
  }
  const { search, hash, username } = new URL(url);
  if (hash !== '' || username !== '' || (name === 'issuer' && search !== '')) {
    throw new Error(`${name} is ${describeValue(url)}: give it without a user, a query string or a fragment, such as '${example}'`);
  }
  return url;
}

/** Keys of the query string among identity sources. Throws if an identity source is invalid. */
export function credentialKeysOf(identitySource: readonly string[]): string[] {
  requireIdentitySource('identitySource', identitySource);
  return identitySource.filter((source) => !Token.isUnresolved(source)).flatMap((source) => {
    if (!IDENTITY_SOURCE.test(source)) {
      throw new Error(`identitySource has '${source}': use the form of 'route.request.querystring.key', 'route.request.header.Sec-WebSocket-Protocol', `
        + '\'stageVariables.name\' or \'context.name\'');
    }
    const key = source.startsWith(QUERY_STRING) ? source.slice(QUERY_STRING.length) : undefined;
    if (key === QUERY_KEY) {
      throw new Error(`identitySource has '${source}', but the key '${QUERY_KEY}' names the query in the URL of a connection: use another key`);
    }
    return key === undefined ? [] : [key];
  });
}

export function validTicketTimes(options: OneTimeTicketOptions): TicketTimes {
  checkForObject('give an object, such as { ticketValidity: Duration.minutes(1) }')('options', options);
  const { ticketValidity = Duration.minutes(1), connectionDuration } = options;
  requireDuration('ticketValidity', ticketValidity);
  allowMissing(requireDuration)('connectionDuration', connectionDuration);
  return {
    validitySeconds: secondsWithin('ticketValidity', ticketValidity, MIN_TICKET_TIME, MAX_TICKET_VALIDITY),
    ...connectionDuration === undefined ? {} : { connectionSeconds: secondsWithin('connectionDuration', connectionDuration, MIN_TICKET_TIME, MAX_CONNECTION_TIME) },
  };
}
