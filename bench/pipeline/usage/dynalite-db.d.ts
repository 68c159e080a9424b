declare module 'dynalite/db' {
  /** Size of an item by the rules of DynamoDB, in bytes. */
  export function itemSize(item: object): number;
}
