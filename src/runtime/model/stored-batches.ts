/** Consecutive `rows` messages, sent as one compressed message to clients that accept gzip, and one by one to others. */
export interface MessageBatch {
  /** Offset of the first row in the result. */
  readonly offset: number;
  /** Size of each message, in bytes. */
  readonly lengths: readonly number[];
  /** The messages as a JSON array, compressed with gzip. */
  readonly data: Uint8Array;
}

/** Consecutive message batches of a result. `seq` is the number of the first message. */
export interface StoredBatches {
  readonly seq: number;
  readonly batches: readonly MessageBatch[];
}
