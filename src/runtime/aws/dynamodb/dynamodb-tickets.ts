import { ALIVE } from './dynamodb-table';
import type { DynamoDbTable } from './dynamodb-table';
import { ticketItemKey } from './item-keys';
import { KEYS } from '../../../shared/table-keys';
import type { StoredTicket, TicketStore } from '../../access/ticket';

/** Tickets in a DynamoDB table. */
export class DynamoDbTickets implements TicketStore {
  constructor(private readonly table: DynamoDbTable) {}

  public async store(hash: string, { expiresAt, ...ticket }: StoredTicket): Promise<void> {
    await this.table.put(ticketItemKey(hash), { ...ticket, [KEYS.expiresAt]: expiresAt });
  }

  /** DynamoDB returns the ticket to only one of several concurrent calls. */
  public async take(hash: string): Promise<StoredTicket | undefined> {
    return await this.table.delete(ticketItemKey(hash), { condition: ALIVE }) as StoredTicket | undefined;
  }
}
