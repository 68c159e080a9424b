/** An object of a bucket. */
export interface StoredObject {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** What the sender computed of the body, by the name of its header; readers get it back when they ask. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/** The buckets of the stack by name, each with its objects by key. */
export type Buckets = ReadonlyMap<string, Map<string, StoredObject>>;
