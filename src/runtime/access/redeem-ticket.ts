import { CredentialRejectedError } from './authorize';
import type { VerifyCredential } from './authorize';
import { hashTicket } from './ticket';
import type { TicketStore } from './ticket';
import type { Clock } from '../model/ports';

export interface RedeemServices {
  readonly tickets: TicketStore;
  readonly clock: Clock;
  /** Maximum duration of a connection, in seconds. If omitted, API Gateway closes it. */
  readonly connectionSeconds?: number;
}

/** Authorizes the caller of a ticket, once. */
export function redeemTicket({ tickets, clock, connectionSeconds }: RedeemServices): VerifyCredential {
  return async (ticket) => {
    const stored = await tickets.take(hashTicket(ticket));
    if (stored === undefined) {
      throw new CredentialRejectedError('ticket unknown, used or expired');
    }
    const expiresAt = connectionSeconds === undefined ? {} : { expiresAt: Math.floor(clock.now() / 1000) + connectionSeconds };
    return { caller: stored.caller, claims: stored.claims, ...expiresAt };
  };
}
