/** The field of every stored item: when it expires, in seconds since the epoch. */
export interface Expiring {
  readonly expiresAt: number;
}

/** An item as JSON, so that no object is shared with the table. */
interface Stored extends Expiring {
  readonly json: string;
}

export interface Item {
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly expiresAt: number;
  /** A copy of what is stored. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** Items under a partition key and a sort key, as a table of DynamoDB has them: copied in and out as JSON, and not there once expired. */
export class MemoryTable {
  private readonly partitions = new Map<string, Map<string, Stored>>();

  constructor(private readonly now: () => number) {}

  public put<T extends Expiring>(partitionKey: string, sortKey: string, value: T): void {
    const partition = this.partitions.get(partitionKey) ?? new Map<string, Stored>();
    this.partitions.set(partitionKey, partition);
    partition.set(sortKey, { json: JSON.stringify(value), expiresAt: value.expiresAt });
  }

  /** The item, unless it has expired. */
  public get<T extends Expiring>(partitionKey: string, sortKey: string): T | undefined {
    const stored = this.partitions.get(partitionKey)?.get(sortKey);
    return stored !== undefined && !this.hasExpired(stored) ? JSON.parse(stored.json) as T : undefined;
  }

  /** The items of a partition in the order of their sort keys, without those that have expired. */
  public query<T extends Expiring>(partitionKey: string, prefix = ''): T[] {
    return [...this.partitions.get(partitionKey) ?? []]
      .filter(([sortKey, stored]) => sortKey.startsWith(prefix) && !this.hasExpired(stored))
      .sort(([one], [other]) => one < other ? -1 : 1)
      .map(([, stored]) => JSON.parse(stored.json) as T);
  }

  public delete(partitionKey: string, sortKey: string): void {
    const partition = this.partitions.get(partitionKey);
    partition?.delete(sortKey);
    if (partition?.size === 0) {
      this.partitions.delete(partitionKey);
    }
  }

  /** Deletes what has expired, as DynamoDB does at a time of its own choice; `mayDelete` spares some of it. Returns how many items it deleted. */
  public purge(mayDelete: (item: Item) => boolean = () => true): number {
    const expired = this.items().filter((item) => this.hasExpired(item) && mayDelete(item));
    for (const { partitionKey, sortKey } of expired) {
      this.delete(partitionKey, sortKey);
    }
    return expired.length;
  }

  /** Everything that is stored, expired or not. */
  public items(): Item[] {
    return [...this.partitions].flatMap(([partitionKey, partition]) => [...partition].map(([sortKey, { json, expiresAt }]) => {
      return { partitionKey, sortKey, expiresAt, value: JSON.parse(json) as Item['value'] };
    }));
  }

  private hasExpired({ expiresAt }: Expiring): boolean {
    return expiresAt <= Math.floor(this.now() / 1000);
  }
}
