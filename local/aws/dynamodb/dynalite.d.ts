declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Creates an HTTP server with DynamoDB's protocol and a database in memory. It handles requests without listening, too. */
  export default function dynalite(options: { readonly createTableMs?: number }): Server;
}

declare module 'dynalite/db' {
  /** Returns the size of an item in bytes. */
  export function itemSize(item: Readonly<Record<string, unknown>>): number;
}
