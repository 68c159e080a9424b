import { randomUUID } from 'node:crypto';
import { serializeUsedClaims } from './authorize-claims';
import { hashTicket, createTicket } from './ticket';
import type { TicketStore } from './ticket';
import type { Claims } from '../model/connection';
import type { Clock } from '../model/ports';

/** The payload of IssueTicket. */
interface TicketRequest {
  readonly caller: string;
  readonly claims: Claims;
}

/** The ticket, and until when it can be redeemed, in seconds since the epoch. */
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

/** Issues a ticket. Throws if the payload is invalid. The message contains names, but no values. */
export async function issueTicket({ tickets, clock, claimNames, validitySeconds }: IssueServices, payload: unknown): Promise<IssuedTicket> {
  const { caller, claims } = readRequest(payload);
  const used = serializeUsedClaims(claims, claimNames);
  const ticket = createTicket();
  const expiresAt = Math.ceil(clock.now() / 1000) + validitySeconds;
  await tickets.store(hashTicket(ticket), { caller, claims: used, expiresAt });
  return { ticket, expiresAt };
}

function readRequest(payload: unknown): TicketRequest {
  // The Lambda console and the SDKs send nothing, null or an empty object if the payload is omitted.
  const request = payload ?? {};
  if (!isObject(request)) {
    throw new Error('the payload must be a JSON object: provide { "caller": "…", "claims": { … } }');
  }
  const unknown = Object.keys(request).filter((name) => !['caller', 'claims'].includes(name));
  if (unknown.length > 0) {
    throw new Error(`the payload has the unknown field ${JSON.stringify(unknown[0].slice(0, 64))}: provide only "caller" and "claims"`);
  }
  // Without a caller, each ticket identifies a caller of its own, and results aren't shared.
  const { caller = `anonymous-${randomUUID()}`, claims = {} } = request;
  if (typeof caller !== 'string' || caller === '' || caller.length > MAX_CALLER_LENGTH) {
    throw new Error(`"caller" must be a string of 1 to ${MAX_CALLER_LENGTH} characters: provide the identifier of the user in your application`);
  }
  if (!isObject(claims)) {
    throw new Error('"claims" must be a JSON object: provide { "<name>": <value> }');
  }
  return { caller, claims };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
