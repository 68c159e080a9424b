import { Duration, Token } from 'aws-cdk-lib';
import { CognitoTokenUse } from './connection-access-options';
import type { CognitoUserPoolOptions, OneTimeTicketOptions, OpenIdConnectOptions } from './connection-access-options';
import { allowMissing, checkForEnum, checkForInstance, checkForList, checkForObject, describeValue, requireDuration, requireString } from '../cdk/prop-checks';

const MAX_TICKET_VALIDITY = Duration.minutes(15);

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const MAX_CONNECTION_TIME = Duration.hours(2);

const IDENTITY_SOURCE = /^(?:route\.request\.(?:header|querystring)|stageVariables|context)\.[A-Za-z0-9._-]+$/;
const QUERY_STRING = 'route.request.querystring.';

/** The key of the query string that names a query. */
const QUERY_KEY = 'query';

/** How long tickets and their connections live, in seconds. */
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
  const issuer = validAddress('issuer', options.issuer, 'https://login.example.com/tenant');
  requireAudience('audience', audience);
  requireItem('audience', 'audience', audience);
  const jwksUri = options.jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  return { issuer, audience, jwksUri: validAddress('jwksUri', jwksUri, 'https://login.example.com/tenant/keys') };
}

/** A list known only at deployment passes. */
function requireItem(name: string, thing: string, items: readonly unknown[]): void {
  if (items.length === 0) {
    throw new Error(`${name} is empty, so that no token would let in: name at least one ${thing}`);
  }
  const empty = items.indexOf('');
  if (empty >= 0) {
    throw new Error(`${name}[${empty}] is empty: give an ${thing}, or remove it`);
  }
}

function validAddress(name: string, address: string, example: string): string {
  requireString(name, address);
  if (Token.isUnresolved(address)) {
    return address;
  }
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') {
    throw new Error(`${name} is ${describeValue(address)}: give an address that begins with https://, such as '${example}'`);
  }
  const { search, hash, username } = new URL(address);
  if (hash !== '' || username !== '' || (name === 'issuer' && search !== '')) {
    throw new Error(`${name} is ${describeValue(address)}: give it without a user, a query string or a fragment, such as '${example}'`);
  }
  return address;
}

/** The keys of the query string among identity sources. Throws for what is no identity source. */
export function credentialKeysOf(identitySource: readonly string[]): string[] {
  requireIdentitySource('identitySource', identitySource);
  return identitySource.filter((source) => !Token.isUnresolved(source)).flatMap((source) => {
    if (!IDENTITY_SOURCE.test(source)) {
      throw new Error(`identitySource has '${source}': give such as 'route.request.querystring.key', 'route.request.header.Sec-WebSocket-Protocol', `
        + '\'stageVariables.name\' or \'context.name\'');
    }
    const key = source.startsWith(QUERY_STRING) ? source.slice(QUERY_STRING.length) : undefined;
    if (key === QUERY_KEY) {
      throw new Error(`identitySource has '${source}', but the key '${QUERY_KEY}' names the query in the address of a connection: choose another key`);
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
    validitySeconds: secondsWithin('ticketValidity', ticketValidity, MAX_TICKET_VALIDITY),
    ...connectionDuration === undefined ? {} : { connectionSeconds: secondsWithin('connectionDuration', connectionDuration, MAX_CONNECTION_TIME) },
  };
}

function secondsWithin(name: string, duration: Duration, longest: Duration): number {
  if (duration.isUnresolved()) {
    throw new Error(`${name} must be known at synthesis, but is a token: write it out`);
  }
  const seconds = duration.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longest.toSeconds()) {
    throw new Error(`${name} is ${duration}: give a whole number of seconds from 1 second to ${longest.toHumanString()}`);
  }
  return seconds;
}
