import { createHash, randomBytes } from 'node:crypto';

/** Size of a ticket, in bytes: impossible to guess, and short enough for a subprotocol. */
const TICKET_BYTES = 32;

/** The stored fields of a ticket. The ticket itself isn't stored. */
export interface StoredTicket {
  readonly caller: string;
  /** A JSON object. */
  readonly claims: string;
  /** In seconds since the epoch. */
  readonly expiresAt: number;
}

/** Stores tickets by their hashes until they are redeemed. */
export interface TicketStore {
  store(hash: string, ticket: StoredTicket): Promise<void>;
  /** Removes and returns a ticket. Returns undefined if it isn't stored, was redeemed, or has expired. */
  take(hash: string): Promise<StoredTicket | undefined>;
}

export function createTicket(): string {
  return randomBytes(TICKET_BYTES).toString('base64url');
}

/** Hashes a ticket. Readers of the table can't redeem tickets by their hashes. */
export function hashTicket(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64url');
}
