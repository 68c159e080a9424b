import { issueTicket } from '../runtime/access/issue-ticket';
import type { IssuedTicket } from '../runtime/access/issue-ticket';
import { createIssueServices } from '../runtime/aws/services/ticket-services';

const services = createIssueServices(process.env);

/** Before step 1: the back end of an application asks for a ticket, which it gives to the page of its user. */
export async function handler(payload: unknown): Promise<IssuedTicket> {
  return issueTicket(services, payload);
}
