import { issueTicket } from '../runtime/access/issue-ticket';
import type { IssuedTicket } from '../runtime/access/issue-ticket';
import { createIssueServices } from '../runtime/aws/services/ticket-services';

const services = createIssueServices(process.env);

/** Before step 1: issues a ticket to the back end of an application. */
export async function handler(payload: unknown): Promise<IssuedTicket> {
  return issueTicket(services, payload);
}
