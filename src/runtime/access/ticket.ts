import { createHash, randomBytes } from 'node:crypto';

/** More than anybody can guess, and as few characters as a subprotocol takes without a thought. */
const TICKET_BYTES = 32;

/** What is kept of a ticket, which itself is not. */
export interface StoredTicket {
  readonly caller: string;
  /** A JSON object. */
  readonly claims: string;
  /** In seconds since the epoch. */
  readonly expiresAt: number;
}

/** Where tickets are kept until they are redeemed, under their hashes. */
export interface TicketStore {
  keep(hash: string, ticket: StoredTicket): Promise<void>;
  /** Removes a ticket and gives it to whoever was first; undefined when it is not there, or has expired. */
  take(hash: string): Promise<StoredTicket | undefined>;
}

export function newTicket(): string {
  return randomBytes(TICKET_BYTES).toString('base64url');
}

/** What the table knows a ticket by: who reads the table can redeem none. */
export function hashOfTicket(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64url');
}
