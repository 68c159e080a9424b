import { ALIVE } from './dynamodb-table';
import type { DynamoDbTable } from './dynamodb-table';
import { ticketItemKey } from './item-keys';
import { KEYS } from '../../../shared/table-keys';
import type { StoredTicket, TicketStore } from '../../access/ticket';

/** Tickets in the table. */
export class DynamoDbTickets implements TicketStore {
  constructor(private readonly table: DynamoDbTable) {}

  public async keep(hash: string, { expiresAt, ...ticket }: StoredTicket): Promise<void> {
    await this.table.put(ticketItemKey(hash), { ...ticket, [KEYS.expiresAt]: expiresAt });
  }

  /** Of two who redeem the same ticket DynamoDB lets one remove it, and give it. */
  public async take(hash: string): Promise<StoredTicket | undefined> {
    return await this.table.delete(ticketItemKey(hash), { condition: ALIVE }) as StoredTicket | undefined;
  }
}
