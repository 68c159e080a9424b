import { Duration, Token } from 'aws-cdk-lib';
import type { OneTimeTicketOptions } from './connection-access-options';

const LONGEST_TICKET_VALIDITY = Duration.minutes(15);

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html */
const LONGEST_CONNECTION = Duration.hours(2);

const IDENTITY_SOURCE = /^(?:route\.request\.(?:header|querystring)|stageVariables|context)\.[A-Za-z0-9._-]+$/;
const QUERY_STRING = 'route.request.querystring.';

/** The key of the query string that names a query. */
const QUERY_KEY = 'query';

/** How long tickets and their connections live, in seconds. */
export interface TicketTimes {
  readonly validitySeconds: number;
  readonly connectionSeconds?: number;
}

/** A list that is not empty; a list known only at deployment passes unchecked. */
export function validList<T>(name: string, thing: string, items: T[]): T[] {
  if (items.length === 0) {
    throw new Error(`${name} is empty, so that no token would let in: name at least one ${thing}`);
  }
  return items;
}

export function validIssuer(issuer: string): string {
  return validAddress('issuer', issuer, 'https://login.example.com/tenant');
}

export function validJwksUri(jwksUri: string): string {
  return validAddress('jwksUri', jwksUri, 'https://login.example.com/tenant/keys');
}

function validAddress(name: string, address: string, example: string): string {
  if (Token.isUnresolved(address)) {
    return address;
  }
  if (!URL.canParse(address) || new URL(address).protocol !== 'https:') {
    throw new Error(`${name} is '${address}': give an address that begins with https://, such as '${example}'`);
  }
  const { search, hash, username } = new URL(address);
  if (hash !== '' || username !== '' || (name === 'issuer' && search !== '')) {
    throw new Error(`${name} is '${address}': give it without a user, a query string or a fragment, such as '${example}'`);
  }
  return address;
}

/** The keys of the query string among identity sources. Throws for what is no identity source. */
export function credentialKeysOf(identitySource: readonly string[]): string[] {
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

export function validTicketTimes({ ticketValidity = Duration.minutes(1), connectionDuration }: OneTimeTicketOptions): TicketTimes {
  return {
    validitySeconds: secondsWithin('ticketValidity', ticketValidity, LONGEST_TICKET_VALIDITY),
    ...connectionDuration === undefined ? {} : { connectionSeconds: secondsWithin('connectionDuration', connectionDuration, LONGEST_CONNECTION) },
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
