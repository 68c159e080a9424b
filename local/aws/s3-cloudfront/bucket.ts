/** An object of a bucket. */
export interface StoredObject {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Checksums by header name, which are returned on request. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/** The buckets of the stack by name, each with its objects by key. */
export type Buckets = ReadonlyMap<string, Map<string, StoredObject>>;
