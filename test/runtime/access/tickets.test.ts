import { CredentialRejectedError } from '../../../src/runtime/access/authorize';
import { issueTicket } from '../../../src/runtime/access/issue-ticket';
import { redeemTicket } from '../../../src/runtime/access/redeem-ticket';
import { hashTicket } from '../../../src/runtime/access/ticket';
import type { StoredTicket } from '../../../src/runtime/access/ticket';

const NOW_MS = 1_700_000_000_250;
const clock = { now: () => NOW_MS };

function services() {
  const kept = new Map<string, StoredTicket>();
  const tickets = {
    store: async (hash: string, ticket: StoredTicket) => void kept.set(hash, ticket),
    take: async (hash: string) => {
      const ticket = kept.get(hash);
      kept.delete(hash);
      return ticket;
    },
  };
  return { kept, tickets, clock, claimNames: ['tenant_id'], validitySeconds: 60 };
}

test('a ticket lets in whom it was issued for, with the claims that queries use, once', async () => {
  const given = services();
  const { ticket, expiresAt } = await issueTicket(given, { caller: 'ada', claims: { tenant_id: 'a', other: 'b' } });
  expect(expiresAt).toBe(1_700_000_061);
  const redeem = redeemTicket(given);
  expect(await redeem(ticket)).toEqual({ caller: 'ada', claims: '{"tenant_id":"a"}' });
  await expect(redeem(ticket)).rejects.toThrow(new CredentialRejectedError('ticket unknown, used or expired'));
});

test('what is kept does not hold the ticket', async () => {
  const given = services();
  const { ticket, expiresAt } = await issueTicket(given, { caller: 'ada' });
  expect([...given.kept]).toEqual([[hashTicket(ticket), { caller: 'ada', claims: '{}', expiresAt }]]);
  expect(hashTicket(ticket)).not.toContain(ticket);
});

test('a ticket has 256 random bits, in characters that a subprotocol takes', async () => {
  const tickets = await Promise.all(Array.from({ length: 100 }, async () => (await issueTicket(services(), {})).ticket));
  expect(new Set(tickets).size).toBe(100);
  tickets.forEach((ticket) => expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/));
});

test.each([undefined, null, {}, { claims: {} }])('for %j each ticket is for a caller of its own', async (payload) => {
  const given = services();
  await issueTicket(given, payload);
  await issueTicket(given, payload);
  const callers = [...given.kept.values()].map(({ caller }) => caller);
  expect(new Set(callers).size).toBe(2);
  callers.forEach((caller) => expect(caller).toMatch(/^anonymous-/));
});

test('a connection ends when its time is over, counted from when it was opened', async () => {
  const given = services();
  const { ticket } = await issueTicket(given, { caller: 'ada' });
  expect(await redeemTicket({ ...given, connectionSeconds: 3600 })(ticket)).toMatchObject({ expiresAt: 1_700_003_600 });
});

test('claims that are too large are refused by their size, and never by what they say', async () => {
  const claims = { tenant_id: 'secret'.repeat(1000) };
  const refusal = issueTicket(services(), { claims });
  await expect(refusal).rejects.toThrow('the claims that queries use have 6016 bytes as JSON: provide at most 4096');
  await expect(refusal).rejects.not.toThrow('secret');
});
