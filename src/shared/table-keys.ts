/** Attributes of the table that the template and the functions both name. */
export const KEYS = {
  partitionKey: 'partitionKey',
  sortKey: 'sortKey',
  /** Seconds since the epoch, after which DynamoDB deletes the item. */
  expiresAt: 'expiresAt',
} as const;

/** Prefix of the partition keys of tickets, to which the permissions of the ticket functions are limited. */
export const TICKET_PARTITION_PREFIX = 'ticket#';
