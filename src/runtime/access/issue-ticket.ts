import { randomUUID } from 'node:crypto';
import { usedClaims } from './authorize-claims';
import { hashOfTicket, newTicket } from './ticket';
import type { TicketStore } from './ticket';
import type { Claims } from '../model/claims';
import type { Clock } from '../model/ports';

/** What a back end asks for. */
interface TicketRequest {
  readonly caller: string;
  readonly claims: Claims;
}

/** What it gets: the ticket, and until when it may be redeemed, in seconds since the epoch. */
export interface IssuedTicket {
  readonly ticket: string;
  readonly expiresAt: number;
}

export interface IssueServices {
  readonly tickets: TicketStore;
  readonly clock: Clock;
  readonly claimNames: readonly string[];
  readonly validitySeconds: number;
}

const MAX_CALLER_LENGTH = 256;

/** Issues a ticket. Throws for a request that is not of the right form, by names and never by values. */
export async function issueTicket({ tickets, clock, claimNames, validitySeconds }: IssueServices, payload: unknown): Promise<IssuedTicket> {
  const { caller, claims } = readRequest(payload);
  const used = usedClaims(claims, claimNames);
  const ticket = newTicket();
  const expiresAt = Math.ceil(clock.now() / 1000) + validitySeconds;
  await tickets.keep(hashOfTicket(ticket), { caller, claims: used, expiresAt });
  return { ticket, expiresAt };
}

function readRequest(payload: unknown): TicketRequest {
  // Lambda's console and SDKs send nothing, null or an empty object where no payload is given.
  const request = payload ?? {};
  if (!isObject(request)) {
    throw new Error('the payload is no JSON object: give { "caller": "…", "claims": { … } }');
  }
  const unknown = Object.keys(request).filter((name) => !['caller', 'claims'].includes(name));
  if (unknown.length > 0) {
    throw new Error(`the payload has the unknown field ${JSON.stringify(unknown[0].slice(0, 64))}: give caller and claims alone`);
  }
  // Without a name nobody shares anything with anybody: each ticket is a caller of its own.
  const { caller = `anonymous-${randomUUID()}`, claims = {} } = request;
  if (typeof caller !== 'string' || caller === '' || caller.length > MAX_CALLER_LENGTH) {
    throw new Error(`caller is no text of 1 to ${MAX_CALLER_LENGTH} characters: give what names the user in your own application`);
  }
  if (!isObject(claims)) {
    throw new Error('claims is no JSON object: give { "<name>": <value> }');
  }
  return { caller, claims };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
