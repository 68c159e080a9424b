import { CredentialRejectedError } from '../../../src/runtime/access/authorize';
import { issueTicket } from '../../../src/runtime/access/issue-ticket';
import { redeemTicket } from '../../../src/runtime/access/redeem-ticket';
import { hashTicket } from '../../../src/runtime/access/ticket';
import type { StoredTicket } from '../../../src/runtime/access/ticket';

const NOW_MS = 1_700_000_000_250;
const clock = { now: () => NOW_MS };

function createServices() {
  const stored = new Map<string, StoredTicket>();
  const tickets = {
    store: async (hash: string, ticket: StoredTicket) => void stored.set(hash, ticket),
    take: async (hash: string) => {
      const ticket = stored.get(hash);
      stored.delete(hash);
      return ticket;
    },
  };
  return { stored, tickets, clock, claimNames: ['tenant_id'], validitySeconds: 60 };
}

test('a ticket authorizes its caller once, with the claims that queries use', async () => {
  const services = createServices();
  const { ticket, expiresAt } = await issueTicket(services, { caller: 'ada', claims: { tenant_id: 'a', other: 'b' } });
  expect(expiresAt).toBe(1_700_000_061);
  const redeem = redeemTicket(services);
  expect(await redeem(ticket)).toEqual({ caller: 'ada', claims: '{"tenant_id":"a"}' });
  await expect(redeem(ticket)).rejects.toThrow(new CredentialRejectedError('ticket unknown, used or expired'));
});

test('issueTicket stores only the hash of the ticket', async () => {
  const services = createServices();
  const { ticket, expiresAt } = await issueTicket(services, { caller: 'ada' });
  expect([...services.stored]).toEqual([[hashTicket(ticket), { caller: 'ada', claims: '{}', expiresAt }]]);
  expect(hashTicket(ticket)).not.toContain(ticket);
});

test('a ticket has 256 random bits, in characters that are valid in a subprotocol', async () => {
  const tickets = await Promise.all(Array.from({ length: 100 }, async () => (await issueTicket(createServices(), {})).ticket));
  expect(new Set(tickets).size).toBe(100);
  tickets.forEach((ticket) => expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/));
});

test.each([undefined, null, {}, { claims: {} }])('issueTicket creates a new anonymous caller for each ticket when the payload is %j', async (payload) => {
  const services = createServices();
  await issueTicket(services, payload);
  await issueTicket(services, payload);
  const callers = [...services.stored.values()].map(({ caller }) => caller);
  expect(new Set(callers).size).toBe(2);
  callers.forEach((caller) => expect(caller).toMatch(/^anonymous-/));
});

test('redeemTicket returns an expiry that counts from the opening of the connection', async () => {
  const services = createServices();
  const { ticket } = await issueTicket(services, { caller: 'ada' });
  expect(await redeemTicket({ ...services, connectionSeconds: 3600 })(ticket)).toMatchObject({ expiresAt: 1_700_003_600 });
});

test('issueTicket rejects claims that are too large with an error that has their size and no values', async () => {
  const claims = { tenant_id: 'secret'.repeat(1000) };
  const issued = issueTicket(createServices(), { claims });
  await expect(issued).rejects.toThrow('the claims that queries use have 6016 bytes as JSON: provide at most 4096');
  await expect(issued).rejects.not.toThrow('secret');
});
