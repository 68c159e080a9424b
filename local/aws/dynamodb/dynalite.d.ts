declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Makes an HTTP server that speaks DynamoDB's protocol over a database in memory. */
  export default function dynalite(options: { readonly createTableMs?: number }): Server;
}
