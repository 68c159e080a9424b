const HASH = /[0-9a-f]{64}/g;

/** Hides asset hashes, so that a snapshot changes only when the template does. */
const serializer = {
  test: (value: unknown): boolean => typeof value === 'string' && value.search(HASH) >= 0,
  serialize: (value: string): string => JSON.stringify(value.replace(HASH, '<asset-hash>')),
};

export = serializer;
